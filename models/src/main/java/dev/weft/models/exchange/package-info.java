/**
 * Models of others as ours, and ours as those of others: between folders in the Hugging Face layout and runs.
 *
 * <p>In: a folder as it was downloaded, or a run. Out: a run that was never trained here, with the tensors as they were, or a folder that
 * other programs load. Tensors are read through memory maps and written one after the other; a folder is there whole or not at all.
 *
 * <p>Not here: what tensors and constants are called on either side ({@code dev.weft.models.names}), and the files themselves ({@code
 * dev.weft.models.tensorfile}, {@code dev.weft.models.tokenizer}).
 */
package dev.weft.models.exchange;
