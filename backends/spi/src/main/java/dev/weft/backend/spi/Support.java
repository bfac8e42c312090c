package dev.weft.backend.spi;

/**
 * Whether a backend computes an op.
 *
 * @param answer yes, through casts, or no
 * @param reason empty for yes
 */
public record Support(Answer answer, String reason) {

    /** Kinds of answer. */
    public enum Answer {
        YES,
        /** By casting to a type that is supported, or by simpler ops. */
        DECOMPOSE,
        NO
    }

    public static final Support YES = new Support(Answer.YES, "");

    public static Support decompose(String reason) {
        return new Support(Answer.DECOMPOSE, reason);
    }

    public static Support no(String reason) {
        return new Support(Answer.NO, reason);
    }
}
