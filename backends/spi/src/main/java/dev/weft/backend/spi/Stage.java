package dev.weft.backend.spi;

/**
 * The text of one stage of compilation.
 *
 * @param name {@code schedule}, {@code plan}, {@code kernels}, {@code llvm}, {@code asm}, …
 * @param entry the entry it belongs to; empty where it belongs to all
 */
public record Stage(String name, String entry, String text) {}
