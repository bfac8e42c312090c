package dev.weft.backend.cuda.epilogue;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The tanh form of GELU, which is cuBLASLt's, {@code g(z) = z / 2 · (1 + t)} with {@code t = tanh(k · (z + 0.044715 · z³))}. */
final class Gelu {
    private static final double K = Math.sqrt(2 / Math.PI);
    private static final double CUBE = 0.044715;

    private Gelu() {}

    private static Formula argument(Formula z) {
        return z.plus(z.times(z).times(z).times(CUBE)).times(K);
    }

    private static Formula tangent(Formulas formulas, Formula z) {
        return formulas.tangent(argument(z));
    }

    private static Formula of(Formulas formulas, Formula z) {
        return z.times(0.5).times(tangent(formulas, z).plus(Formula.constant(1)));
    }

    /** {@code g'(z) = (1 + t) / 2 + z / 2 · (1 − t²) · k · (1 + 3 · 0.044715 · z²)}. */
    private static Formula gradient(Formulas formulas, Formula z) {
        Formula one = Formula.constant(1);
        Formula t = tangent(formulas, z);
        Formula inner = z.times(z).times(3 * CUBE).plus(one).times(K);
        Formula slope = z.times(0.5).times(one.minus(t.times(t))).times(inner);
        return t.plus(one).times(0.5).plus(slope);
    }

    /** What a GELU is taken of, if {@code argument} is that of its hyperbolic tangent. */
    static Optional<Formula> under(Formula argument) {
        Formula z = argument.linear().times(1 / K);
        return argument(z).isClose(argument) && !z.terms().isEmpty() ? Optional.of(rounded(z)) : Optional.empty();
    }

    /** Coefficients that are 1 up to rounding. */
    private static Formula rounded(Formula z) {
        Formula whole = new Formula(z.terms().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, term -> (double) Math.round(term.getValue()))));
        return whole.isClose(z) ? whole : z;
    }

    /** z where a formula is {@code g(z)}. */
    static Optional<Formula> forward(Formulas formulas, Formula formula) {
        return formulas.tangentIn(formula).flatMap(Gelu::under).filter(z -> of(formulas, z)
                .isClose(formula));
    }

    /** z where a formula is {@code y · g'(z)}. */
    static Optional<Formula> backward(Formulas formulas, Formula formula, Formula y) {
        return formulas.tangentIn(formula)
                .flatMap(Gelu::under)
                .filter(z -> gradient(formulas, z).times(y).isClose(formula));
    }
}
