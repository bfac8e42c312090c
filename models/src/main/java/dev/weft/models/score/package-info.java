/**
 * What a language model says of each token of a text.
 *
 * <p>In: a model with {@code logits} and the tokens of a text. Out: a {@link dev.weft.models.score.TokenScore} for each token but the first,
 * from windows of the model's context as {@code eval} cuts them ({@link dev.weft.models.data.ValidationWindows}).
 *
 * <p>Not here: sums over a text, which the model's own {@code loss} makes faster ({@link dev.weft.models.Evaluation}).
 */
package dev.weft.models.score;
