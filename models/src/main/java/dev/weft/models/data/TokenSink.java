package dev.weft.models.data;

import org.jspecify.annotations.Nullable;

/** Takes the tokens of a corpus, in order. */
interface TokenSink {

    /** @param weights as many as ids; null if all are 1 */
    void accept(int[] ids, float @Nullable [] weights);

    /** The tokens that come now are for validation. */
    void validation();
}
