package dev.weft.backend.cpu;

import dev.weft.backend.cpu.nativelib.JavaFunctions;
import dev.weft.graph.DefectException;
import dev.weft.graph.op.Arithmetic;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.FloatUnary;
import dev.weft.graph.op.NumberUnary;
import java.util.HashMap;
import java.util.Map;

/**
 * Ops for which there is no code: kernels call what their records say that they mean. So a new elementwise op works here from its
 * first day; code of its own makes it fast.
 */
final class Meanings implements AutoCloseable {
    private final JavaFunctions functions = new JavaFunctions();
    private final Map<Elementwise, Long> addresses = new HashMap<>();

    /** The address of a function on f64, or on i64 where the op's operands are integers. */
    long address(Elementwise op) {
        return addresses.computeIfAbsent(op, this::make);
    }

    private long make(Elementwise op) {
        boolean isFloat = op.operands().getFirst().type().element().isFloat();
        return switch (op) {
            case FloatUnary f -> functions.ofDouble(f::apply);
            case NumberUnary f -> isFloat ? functions.ofDouble(f::apply) : functions.ofLong(f::apply);
            case Arithmetic f -> isFloat ? functions.ofDoubles(f::apply) : functions.ofLongs(f::apply);
            case Elementwise other -> throw new DefectException("kernel: no code for " + other.mnemonic());
        };
    }

    /** After the code that calls them is gone. */
    @Override
    public void close() {
        functions.close();
    }
}
