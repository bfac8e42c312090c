package dev.weft.graph.op;

import dev.weft.graph.tensor.Tensor;
import java.util.List;

/** An op that computes. The set is closed and versioned by {@link #VERSION}. */
public sealed interface Primitive extends Op
        permits Elementwise,
                Movement,
                Reduction,
                Table,
                Parameter,
                Constant,
                Iota,
                Random,
                DotGeneral,
                CumulativeSum,
                StopGradient {

    /** Number of the op set. A backend built against another one is refused. */
    int VERSION = 1;

    /**
     * The reference meaning: the result for these operands, in exact arithmetic as far as f64 reaches. The caller rounds to the
     * result's element type.
     */
    Tensor evaluate(List<Tensor> operands);
}
