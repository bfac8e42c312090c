/**
 * What a language model says of texts and of questions.
 *
 * <p>In: a model with {@code logits}, and the tokens of a text or the lines of a file of questions. Out: a
 * {@link dev.weft.models.score.TokenScore} for each token but the first, from windows of the model's context as {@code eval} cuts them
 * ({@link dev.weft.models.data.ValidationWindows}); the loss by position ({@link dev.weft.models.score.PositionLoss}); how the model does
 * on its own text ({@link dev.weft.models.score.FreeRunning}); how it answers ({@link dev.weft.models.score.TaskScore}), and what examples
 * help it ({@link dev.weft.models.score.ExampleLoss}). {@link dev.weft.models.score.Lanes} reads several texts side by side, token by
 * token.
 *
 * <p>Not here: sums over a text, which the model's own {@code loss} makes faster ({@link dev.weft.models.Evaluation}).
 */
package dev.weft.models.score;
