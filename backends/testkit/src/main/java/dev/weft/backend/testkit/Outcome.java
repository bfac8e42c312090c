package dev.weft.backend.testkit;

/**
 * What one check found.
 *
 * @param group what it belongs to: {@code ops}, {@code fusion}, {@code gradients}, …
 * @param name what was checked: {@code exp f32}
 * @param deviation the worst {@link Agreement#deviation} that was seen; 0 where nothing was computed
 * @param detail what failed, or why something is decomposed or unsupported; empty otherwise
 */
public record Outcome(String group, String name, Verdict verdict, double deviation, String detail) {

    /** Kinds of outcome. All but {@link #FAILED} conform. */
    public enum Verdict {
        PASSED,
        /** Passed, through casts or simpler ops. */
        DECOMPOSED,
        /** The backend says that it does not compute this. */
        UNSUPPORTED,
        FAILED
    }
}
