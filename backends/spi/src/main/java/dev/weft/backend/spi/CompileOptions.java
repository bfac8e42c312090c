package dev.weft.backend.spi;

/**
 * How a program is compiled.
 *
 * @param exact compute in f64 where the backend can (the reference backend's exact mode); others refuse it
 * @param keepStages keep the text of every stage for {@link Session#stages}
 */
public record CompileOptions(boolean exact, boolean keepStages) {

    public static final CompileOptions DEFAULT = new CompileOptions(false, false);
}
