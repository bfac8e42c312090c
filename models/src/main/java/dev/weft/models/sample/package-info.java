/**
 * From logits to a token, and from tokens to the text that is shown.
 *
 * <p>In: the logits of one position. Out: a {@link dev.weft.models.sample.Distribution} to look at, a token chosen by
 * {@link dev.weft.models.sample.Sampling}, and text cut off at a stop string ({@link dev.weft.models.sample.StopFilter}).
 * Equal seeds choose equal tokens. Not here: running the model, and exponentials of many rows, which its backend computes; ids to characters ({@code dev.weft.models.tokenizer}).
 */
package dev.weft.models.sample;
