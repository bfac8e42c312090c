package dev.weft.models.data;

import org.jspecify.annotations.Nullable;

/** Takes what a corpus consists of, piece by piece, in order. */
interface CorpusSink {

    /** A piece of text that continues the one before; it ends inside no surrogate pair. */
    void text(CharSequence piece);

    /** A document that was tokenized by its author. */
    void tokens(String where, int[] ids, float @Nullable [] weights);

    /** A text whose tokens count differently: a weight for each token of the text by itself. */
    void weighted(String where, String text, float[] weights);
}
