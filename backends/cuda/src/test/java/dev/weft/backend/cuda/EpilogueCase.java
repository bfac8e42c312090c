package dev.weft.backend.cuda;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Erf;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Slice;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.function.Function;

/** What becomes what: graphs with products, and the epilogues that are found in them. */
enum EpilogueCase {
    NOTHING(ElementType.F32, "NONE", m -> m.build(m.p)),
    BIAS(ElementType.F32, "BIAS", m -> m.build(m.biased())),
    ADDEND(ElementType.F32, "NONE+C", m -> m.build(m.plus(m.whole("y"), m.p))),
    RESIDUAL(ElementType.F32, "BIAS+C", m -> m.build(m.plus(m.whole("y"), m.biased()))),
    GELU(ElementType.F32, "GELU", m -> m.build(m.gelu(m.p))),
    GELU_BY_POWER(ElementType.F32, "GELU", m -> m.build(m.geluByPower(m.p))),
    GELU_BIAS(ElementType.F32, "GELU_BIAS", m -> m.build(m.gelu(m.biased()))),
    GELU_KEPT(ElementType.F32, "GELU_AUX_BIAS", m -> {
        Value z = m.biased();
        return m.build(z, m.gelu(z));
    }),
    GELU_BACKWARD(ElementType.F32, "DGELU", m -> m.build(m.times(m.p, m.gradient(m.whole("z"))))),
    NARROW_BIAS(ElementType.BF16, "BIAS", m -> m.build(m.narrow(m.biased()))),
    NARROW_GELU(ElementType.BF16, "GELU_BIAS", m -> m.build(m.narrow(m.gelu(m.biased())))),
    HALF_BIAS(ElementType.F16, "BIAS", m -> m.build(m.narrow(m.biased()))),
    WIDE_RESIDUAL(ElementType.BF16, "BIAS+C", m -> m.build(m.plus(m.whole("y"), m.biased()))),
    /** Forward and backward: what is kept between is of the narrow type, and so is what the bias gradient sums. */
    NARROW_TRAINING(ElementType.BF16, "GELU_AUX_BIAS DGELU", m -> {
        Value z = m.biased();
        Value result = m.narrow(m.gelu(z));
        Value back = m.times(m.product(result, "v"), m.gradient(z));
        return m.build(result, m.narrow(back), m.b.add(new ReduceSum(back, List.of(0))));
    }),

    BIAS_GRADIENT(ElementType.F32, "BGRADA", m -> {
        Value y = m.whole("y");
        return m.build(m.overRows(m.first(), y), m.rows(y));
    }),
    BIAS_GRADIENT_OF_TRANSPOSED(ElementType.F32, "BGRADB", m -> {
        Value y = m.whole("y");
        return m.build(m.overRows(y, m.first()), m.rows(y));
    }),
    /** One vector for each product. */
    BOTH_OPERANDS(ElementType.F32, "BGRADA", m -> {
        Value x = m.first();
        Value y = m.whole("y");
        return m.build(m.overRows(x, y), m.rows(y), m.rows(x));
    }),
    /** What the product reads is summed, and the sum is of f32. */
    NARROW_BIAS_GRADIENT(ElementType.BF16, "BGRADA", m -> {
        Value y = m.whole("y");
        return m.build(m.overRows(m.first(), m.narrow(y)), m.rows(y));
    }),
    /** A kernel reads the product besides, as a norm of all gradients does. */
    BIAS_GRADIENT_AND_SQUARES(ElementType.F32, "BGRADA", m -> {
        Value y = m.whole("y");
        Value product = m.overRows(m.first(), y);
        Value squares = m.b.add(new ReduceSum(m.times(product, product), List.of(0, 1)));
        return m.build(product, m.rows(y), squares);
    }),
    SUM_OF_COLUMNS(ElementType.F32, "NONE", m -> {
        Value y = m.whole("y");
        return m.build(m.overRows(m.first(), y), m.b.add(new ReduceSum(y, List.of(1))));
    }),
    SUM_OF_A_PART(ElementType.F32, "NONE", m -> {
        Value y = m.whole("y");
        Value part = m.b.add(
                new Slice(y, List.of(0L, 0L), List.of(EpilogueMaker.ROWS, EpilogueMaker.COLUMNS / 2), List.of(1L, 1L)));
        return m.build(m.overRows(m.first(), part), m.rows(part));
    }),
    SUM_NEEDED_BEFORE(ElementType.F32, "NONE NONE", m -> {
        Value y = m.whole("y");
        Value sum = m.rows(y);
        Value scaled = m.times(y, m.b.add(new Broadcast(sum, y.type().shape(), List.of(1))));
        return m.build(m.overRows(m.first(), y), m.overRows(scaled, scaled), sum);
    }),

    /** The product is read besides. */
    READ_TWICE(ElementType.F32, "NONE", m -> m.build(m.p, m.gelu(m.biased()))),
    /** An addend of rows, not of columns. */
    BIAS_OF_ROWS(
            ElementType.F32,
            "NONE",
            m -> m.build(m.plus(
                    m.p,
                    m.b.add(new Broadcast(
                            m.parameter("bias", ElementType.F32, EpilogueMaker.ROWS),
                            m.p.type().shape(),
                            List.of(0)))))),
    SCALED(ElementType.F32, "NONE", m -> m.build(m.times(m.biased(), 2))),
    ANOTHER_CUBE(ElementType.F32, "NONE", m -> m.build(m.times(m.times(m.p, 0.5), m.plus(m.tangent(m.p, 0.0447), 1)))),
    BY_ERF(
            ElementType.F32,
            "NONE",
            m -> m.build(m.times(m.times(m.p, 0.5), m.plus(m.b.add(new Erf(m.times(m.p, Math.sqrt(0.5)))), 1)))),
    SILU(
            ElementType.F32,
            "NONE",
            m -> m.build(m.times(m.p, m.plus(m.times(m.b.add(new Tanh(m.times(m.p, 0.5))), 0.5), 0.5)))),
    /** What the GELU is taken of leaves in f32. */
    WIDE_Z(ElementType.BF16, "NONE", m -> {
        Value z = m.biased();
        return m.build(m.narrow(m.gelu(z)), m.times(z, 2));
    });

    final ElementType element;
    final String wanted;
    final Function<EpilogueMaker, Graph> make;

    EpilogueCase(ElementType element, String wanted, Function<EpilogueMaker, Graph> make) {
        this.element = element;
        this.wanted = wanted;
        this.make = make;
    }
}
