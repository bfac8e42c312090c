/**
 * The folder of a run: everything to repeat it, to look at it, and to continue it.
 *
 * <pre>
 *   runs/gpt-1/
 *     run.json            what was asked for
 *     program/            the sources that were compiled
 *     log.jsonl           what happened, one flat event a line
 *     checkpoints/step-N/ tensors.safetensors and state.json; the best and the last are kept
 *     config.json  model.safetensors  samples.txt  and the tokenizer's files
 *     LOCK                held by the process that writes
 * </pre>
 *
 * <p>In: names, types, memory segments, plain JSON values. Every file is there whole or not at all; the log alone grows.
 * Not here: what the tensors mean, and when to save them (the trainer).
 */
package dev.weft.models.run;
