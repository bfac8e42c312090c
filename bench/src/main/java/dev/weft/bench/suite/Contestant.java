package dev.weft.bench.suite;

/**
 * One of those who do the same work in turns.
 *
 * @param precision of products: {@code f32} or {@code bf16}
 */
record Contestant(Kind kind, String precision, int threads) {

    /** Who it is. */
    enum Kind {
        WEFT("weft"),
        REWRITTEN("weft rewritten"),
        LIBTORCH("libtorch"),
        EAGER("torch"),
        COMPILED("torch.compile"),
        COMMAND("peer-command");

        private final String text;

        Kind(String text) {
            this.text = text;
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
        return kind.text + " " + precision + (threads == 1 ? ", 1 thread" : "");
    }
}
