package dev.weft.cli;

import java.util.Locale;

/** The stages of compilation that can be printed, in their order. */
enum Emit {
    /** The syntax tree. */
    AST,
    /** The program as it came out of the language, with {@code call} and {@code grad}. */
    GRAPH,
    /** Gradients as functions of their own. */
    GRAD,
    /** One flat graph for each entry, in canonical form. */
    CANONICAL,
    /** What the backend gets: the same, with products in the precision that was chosen. */
    PRECISION,
    /** The graph cut into regions. */
    SCHEDULE,
    /** What gradients need again and why it is not computed again. */
    KEPT,
    /** Where everything lies in memory. */
    PLAN,
    /** The regions and what flows between them, for Graphviz. */
    DOT,
    /** What the backend makes of each region. */
    KERNELS,
    /** The backend's intermediate code. */
    LLVM,
    /** Machine code. */
    ASM;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
