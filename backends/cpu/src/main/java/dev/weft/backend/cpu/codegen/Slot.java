package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.op.Elementwise;

/** One argument of a kernel: something with an address, or a number that would make equal kernels differ. */
public sealed interface Slot {

    /** The memory of a value. */
    record Tensor(Value value) implements Slot {}

    /** Memory for the partial results of a reduction, one per unit of work; contents do not outlive the region. */
    record Partial(Value reduction, long bytes) implements Slot {}

    /** A 64-bit number. */
    record Number(long bits) implements Slot {}

    /** A size that would make equal kernels differ; each by its name, though several may be equal. */
    record Size(String name, long value) implements Slot {}

    /** The address of a function that computes the op on f64, or on i64 where its operands are integers. */
    record Meaning(Elementwise op) implements Slot {}

    /** Two 64-bit words: whether an index was found outside its bounds, and which. */
    record Status() implements Slot {}
}
