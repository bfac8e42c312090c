/**
 * What a model is trained and judged on.
 *
 * <p>In: files, folders and archives. Out: {@link dev.weft.models.data.Corpus} (text, split into a training and a validation
 * part), {@link dev.weft.models.data.TokenizedCorpus}, and from it batches: random windows for training
 * ({@link dev.weft.models.data.TrainingWindows}), every token once for judging
 * ({@link dev.weft.models.data.ValidationWindows}). {@link dev.weft.models.data.TensorDataset} does the same for tensors.
 *
 * <p>A batch is a function of (seed, step, micro-batch): there is no position to save. Not here: vocabularies
 * ({@code dev.weft.models.tokenizer}), file formats of tensors ({@code dev.weft.models.tensorfile}).
 */
package dev.weft.models.data;
