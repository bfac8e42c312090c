/**
 * What a model is trained and judged on.
 *
 * <p>In: files, folders, archives and streams. Out: {@link dev.weft.models.data.Corpus} (text or tokens, read as often as needed and
 * never held as a whole), {@link dev.weft.models.data.TokenizedCorpus} (both of its parts as tokens, in memory or in a file of the
 * user's cache), and from it batches: random windows for training ({@link dev.weft.models.data.TrainingWindows}), every token once
 * for judging ({@link dev.weft.models.data.ValidationWindows}). {@link dev.weft.models.data.TensorDataset} does the same for tensors.
 *
 * <pre>
 *   CorpusReader ─▶ Documents, CorpusText ─▶ CorpusSink: CorpusSummary (first pass)
 *   files           lists, plain text                    Tokenization ─▶ TokenSink: TokensInMemory | TokenFile
 * </pre>
 *
 * <p>A batch is a function of (seed, step, micro-batch): there is no position to save. Not here: vocabularies
 * ({@code dev.weft.models.tokenizer}), file formats of tensors ({@code dev.weft.models.tensorfile}).
 */
package dev.weft.models.data;
