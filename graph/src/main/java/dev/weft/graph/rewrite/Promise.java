package dev.weft.graph.rewrite;

/** How equal a rule's two sides are, for every input. The checks of a rule hold it to its promise. */
public enum Promise {
    /** The same bits, in exact and in typed evaluation. Any NaN equals any other. */
    BITS,
    /** The same bits in typed evaluation; exact evaluation differs by the rounding of a constant to its type. */
    TYPED_BITS,
    /** The same values; a zero may have the other sign. */
    VALUES,
    /** The same but for rounding: the same terms in another order or grouping. */
    ROUNDING
}
