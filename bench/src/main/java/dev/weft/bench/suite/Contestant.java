package dev.weft.bench.suite;

/**
 * One of those who do the same work in turns.
 *
 * @param precision of products: {@code f32} or {@code bf16}; {@code int8}: weights in int8, products in bf16; {@code int8-products}: of integers
 */
record Contestant(Kind kind, String precision, int threads) {

    /** Who it is; those of a GPU have its name in their own. */
    enum Kind {
        WEFT("weft"),
        REWRITTEN("weft rewritten"),
        ONE_BY_ONE("weft one by one"),
        LIBTORCH("libtorch"),
        EAGER("torch"),
        COMPILED("torch.compile"),
        CUDA("weft"),
        CUDA_EAGER("torch"),
        CUDA_COMPILED("torch.compile"),
        COMMAND("peer-command");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** Whether a device other than the processor does the work. */
        boolean onGpu() {
            return this == CUDA || this == CUDA_EAGER || this == CUDA_COMPILED;
        }
    }

    static Contestant weft(String precision) {
        return new Contestant(Kind.WEFT, precision, 2);
    }

    static Contestant libtorch(String precision) {
        return new Contestant(Kind.LIBTORCH, precision, 2);
    }

    /** How targets and reports call it. */
    String name() {
        return kind.text + " " + precision + (threads == 1 && !kind.onGpu() ? ", 1 thread" : "");
    }
}
