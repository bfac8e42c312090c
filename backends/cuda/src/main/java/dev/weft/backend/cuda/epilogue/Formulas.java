package dev.weft.backend.cuda.epilogue;

import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.Pow;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.op.Sub;
import dev.weft.graph.op.Tanh;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * Values as polynomials in leaves and in hyperbolic tangents of polynomials. A leaf is a value that is not looked into; one that is
 * narrower than the arithmetic on it is read as it is, since widening loses nothing, and so is a vector that is repeated for each row.
 */
final class Formulas {
    /** Longer chains of arithmetic than any formula has that is looked for. */
    private static final int DEPTH = 64;

    private static final int MOST_POWER = 4;

    sealed interface Atom {
        record Leaf(Value value) implements Atom {}

        record Tangent(Formula of) implements Atom {}
    }

    private final Predicate<Value> isLeaf;
    private final Map<Value, Formula> known = new HashMap<>();
    private final List<Atom> atoms = new ArrayList<>();

    /** @param isLeaf values that are never looked into */
    Formulas(Predicate<Value> isLeaf) {
        this.isLeaf = isLeaf;
    }

    Formula of(Value value) {
        return of(value, 0);
    }

    private Formula of(Value value, int depth) {
        Formula before = known.get(value);
        if (before != null) {
            return before;
        }
        Formula formula = isLeaf.test(value) || depth > DEPTH
                ? leaf(value)
                : computed(value, depth + 1).filter(made -> !made.isLong()).orElseGet(() -> leaf(value));
        known.put(value, formula);
        return formula;
    }

    private Optional<Formula> computed(Value value, int depth) {
        return switch (value.op()) {
            case Constant constant -> Optional.of(Formula.constant(constant.value()));
            case Add op -> Optional.of(of(op.x(), depth).plus(of(op.y(), depth)));
            case Sub op -> Optional.of(of(op.x(), depth).minus(of(op.y(), depth)));
            case Neg op -> Optional.of(of(op.x(), depth).times(-1));
            case Mul op -> Optional.of(of(op.x(), depth).times(of(op.y(), depth)));
            case Div op ->
                constant(op.y(), depth).map(divisor -> of(op.x(), depth).times(1 / divisor));
            case Pow op -> constant(op.y(), depth).flatMap(exponent -> power(of(op.x(), depth), exponent));
            case Tanh op -> Optional.of(tangent(of(op.x(), depth)));
            case Cast op when Endings.widens(op) -> Optional.of(of(op.x(), depth));
            case Reshape op -> Optional.of(of(op.x(), depth));
            case StopGradient op -> Optional.of(of(op.x(), depth));
            case Broadcast op -> repeated(op, depth);
            default -> Optional.empty();
        };
    }

    private Optional<Double> constant(Value value, int depth) {
        OptionalDouble constant = of(value, depth).constant();
        return constant.isPresent() && constant.getAsDouble() != 0
                ? Optional.of(constant.getAsDouble())
                : Optional.empty();
    }

    private static Optional<Formula> power(Formula base, double exponent) {
        if (exponent != Math.rint(exponent) || exponent < 1 || exponent > MOST_POWER) {
            return Optional.empty();
        }
        Formula power = base;
        for (int i = 1; i < exponent; i++) {
            power = power.times(base);
        }
        return Optional.of(power);
    }

    /** A number is the same everywhere; what is repeated for each row is read where the row's element is. */
    private Optional<Formula> repeated(Broadcast op, int depth) {
        Formula x = of(op.x(), depth);
        if (x.constant().isPresent()) {
            return Optional.of(x);
        }
        int rank = op.x().type().rank();
        boolean rows = rank > 0 && op.axes().getFirst() == op.shape().rank() - rank;
        return rows ? Optional.of(x) : Optional.empty();
    }

    private Formula leaf(Value value) {
        return atom(new Atom.Leaf(value));
    }

    /** The hyperbolic tangent of a formula; equal ones are one atom. */
    Formula tangent(Formula of) {
        for (int i = 0; i < atoms.size(); i++) {
            if (atoms.get(i) instanceof Atom.Tangent other && other.of().isClose(of)) {
                return Formula.atom(i);
            }
        }
        return atom(new Atom.Tangent(of));
    }

    private Formula atom(Atom atom) {
        atoms.add(atom);
        return Formula.atom(atoms.size() - 1);
    }

    /** The argument of a formula's hyperbolic tangent, if it has just one. */
    Optional<Formula> tangentIn(Formula formula) {
        List<Atom.Tangent> found = formula.atoms().stream()
                .map(atoms::get)
                .filter(Atom.Tangent.class::isInstance)
                .map(Atom.Tangent.class::cast)
                .toList();
        return found.size() == 1 ? Optional.of(found.getFirst().of()) : Optional.empty();
    }

    /** The values that a formula adds up, each once and as it is; empty if it is anything else. */
    Optional<List<Value>> sum(Formula formula) {
        List<Value> values = new ArrayList<>();
        for (Map.Entry<List<Integer>, Double> term : formula.terms().entrySet()) {
            boolean single = term.getKey().size() == 1 && term.getValue() == 1;
            if (!single || !(atoms.get(term.getKey().getFirst()) instanceof Atom.Leaf leaf)) {
                return Optional.empty();
            }
            values.add(leaf.value());
        }
        return Optional.of(values);
    }
}
