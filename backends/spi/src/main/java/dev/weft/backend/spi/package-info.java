/**
 * The plugin interface: four nouns. A {@link dev.weft.backend.spi.BackendProvider} is found by {@link java.util.ServiceLoader} and
 * opens a {@link dev.weft.backend.spi.Backend}, which compiles a program into a {@link dev.weft.backend.spi.Session}; a session
 * owns the stored tensors and hands out {@link dev.weft.backend.spi.Buffer}s.
 *
 * <p>What comes in is a {@link dev.weft.graph.Program} without {@code grad} and {@code call}. What goes out are numbers, in
 * row-major order, through {@link java.lang.foreign.MemorySegment}. There is no method per op: a backend that knows no fusion gets
 * one region per value and still works.
 *
 * <p>Not here: what a backend must satisfy ({@code dev.weft.backend.testkit}), and any backend.
 */
package dev.weft.backend.spi;
