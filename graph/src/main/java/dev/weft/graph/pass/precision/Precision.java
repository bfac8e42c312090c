package dev.weft.graph.pass.precision;

import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.type.ElementType;

/** Sets what matrix products read; sums and losses are f32 always. */
public final class Precision implements Pass {

    /**
     * A pass for a precision.
     *
     * @throws UserException if it is not f32, the one that is offered
     */
    public Precision(ElementType products) {
        if (products != ElementType.F32) {
            throw new UserException("precision: must be f32, the one that is offered, got " + products);
        }
    }

    @Override
    public String name() {
        return "precision";
    }

    @Override
    public String summary() {
        return "computes in f32, as the program says";
    }

    @Override
    public Program apply(Program program) {
        return program;
    }
}
