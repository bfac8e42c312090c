/**
 * Looks at values while a program runs: statistics of whatever a path names. In come a compiled model and patterns of paths, out go
 * {@link dev.weft.models.probe.Measurement}s. The program is compiled once more with the statistics as a further output, so every
 * backend can do it and the model itself stays as it is.
 *
 * <p>Not here: the search for the first value that is not finite, which {@code dev.weft.models} does when training fails.
 */
package dev.weft.models.probe;
