package dev.weft.backend.spi;

/**
 * How a program is compiled.
 *
 * @param exact compute in f64 where the backend can (the reference backend's exact mode); others refuse it
 * @param keepStages keep the text of every stage for {@link Session#stages}
 * @param timed note when each thread begins and ends each step, for {@link Session#timeline}; a backend may leave it out
 */
public record CompileOptions(boolean exact, boolean keepStages, boolean timed) {

    public static final CompileOptions DEFAULT = new CompileOptions(false, false);

    /** Without a timeline. */
    public CompileOptions(boolean exact, boolean keepStages) {
        this(exact, keepStages, false);
    }

    /** These, with a timeline. */
    public CompileOptions withTimeline() {
        return new CompileOptions(exact, keepStages, true);
    }
}
