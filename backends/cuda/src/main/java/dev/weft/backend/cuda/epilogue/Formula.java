package dev.weft.backend.cuda.epilogue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * A polynomial in atoms, which are numbers. However a formula was associated, factored or distributed, it is the same polynomial.
 *
 * @param terms coefficients by the atoms that are multiplied, in order and as often as they occur; none is 0
 */
record Formula(Map<List<Integer>, Double> terms) {
    /** More terms than any formula has that is looked for. */
    private static final int MOST_TERMS = 64;

    /** Constants are rounded to f32, and so may be what was made of them. */
    private static final double CLOSE = 1e-6;

    Formula {
        terms = Collections.unmodifiableMap(terms);
    }

    static Formula constant(double value) {
        return value == 0 ? new Formula(Map.of()) : new Formula(Map.of(List.of(), value));
    }

    static Formula atom(int atom) {
        return new Formula(Map.of(List.of(atom), 1.0));
    }

    /** Whether it has become too long to be of use. */
    boolean isLong() {
        return terms.size() > MOST_TERMS;
    }

    Formula plus(Formula other) {
        Map<List<Integer>, Double> sum = new HashMap<>(terms);
        other.terms.forEach((atoms, value) -> sum.merge(atoms, value, Double::sum));
        sum.values().removeIf(value -> value == 0);
        return new Formula(sum);
    }

    Formula minus(Formula other) {
        return plus(other.times(-1));
    }

    Formula times(double factor) {
        return times(constant(factor));
    }

    Formula times(Formula other) {
        Map<List<Integer>, Double> product = new HashMap<>();
        terms.forEach((atoms, value) -> other.terms.forEach((others, factor) -> {
            List<Integer> all = new ArrayList<>(atoms);
            all.addAll(others);
            Collections.sort(all);
            product.merge(List.copyOf(all), value * factor, Double::sum);
        }));
        product.values().removeIf(value -> value == 0);
        return new Formula(product);
    }

    /** Its value if it has no atoms. */
    OptionalDouble constant() {
        return terms.isEmpty()
                ? OptionalDouble.of(0)
                : terms.size() == 1 && terms.containsKey(List.<Integer>of())
                        ? OptionalDouble.of(terms.get(List.<Integer>of()))
                        : OptionalDouble.empty();
    }

    /** The terms of one atom. */
    Formula linear() {
        Map<List<Integer>, Double> linear = new HashMap<>();
        terms.forEach((atoms, value) -> {
            if (atoms.size() == 1) {
                linear.put(atoms, value);
            }
        });
        return new Formula(linear);
    }

    Set<Integer> atoms() {
        Set<Integer> all = new TreeSet<>();
        terms.keySet().forEach(all::addAll);
        return all;
    }

    /** Whether both are the same up to the rounding of constants. */
    boolean isClose(Formula other) {
        Set<List<Integer>> all = new HashSet<>(terms.keySet());
        all.addAll(other.terms.keySet());
        return all.stream().allMatch(atoms -> {
            double x = terms.getOrDefault(atoms, 0.0);
            double y = other.terms.getOrDefault(atoms, 0.0);
            return Math.abs(x - y) <= CLOSE * Math.max(Math.abs(x), Math.abs(y));
        });
    }
}
