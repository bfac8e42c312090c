package dev.weft.dsl.size;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A product of powers of atoms, with positive exponents; the empty one is 1. */
record Monomial(SortedMap<Atom, Integer> powers) implements Comparable<Monomial> {

    static final Monomial ONE = new Monomial(new TreeMap<>());

    Monomial {
        powers = Collections.unmodifiableSortedMap(new TreeMap<>(powers));
    }

    static Monomial of(Atom atom) {
        return new Monomial(new TreeMap<>(Map.of(atom, 1)));
    }

    int degree() {
        return powers.values().stream().mapToInt(Integer::intValue).sum();
    }

    Monomial times(Monomial other) {
        SortedMap<Atom, Integer> product = new TreeMap<>(powers);
        other.powers.forEach((atom, power) -> product.merge(atom, power, Integer::sum));
        return new Monomial(product);
    }

    /** The quotient, if it is a monomial. */
    Optional<Monomial> over(Monomial divisor) {
        SortedMap<Atom, Integer> quotient = new TreeMap<>(powers);
        for (Map.Entry<Atom, Integer> factor : divisor.powers.entrySet()) {
            int left = quotient.getOrDefault(factor.getKey(), 0) - factor.getValue();
            if (left < 0) {
                return Optional.empty();
            }
            if (left == 0) {
                quotient.remove(factor.getKey());
            } else {
                quotient.put(factor.getKey(), left);
            }
        }
        return Optional.of(new Monomial(quotient));
    }

    /** Higher degrees first, then by name. */
    @Override
    public int compareTo(Monomial other) {
        int byDegree = Integer.compare(other.degree(), degree());
        return byDegree != 0 ? byDegree : compareFactors(other);
    }

    private int compareFactors(Monomial other) {
        var left = powers.entrySet().iterator();
        var right = other.powers.entrySet().iterator();
        while (left.hasNext() && right.hasNext()) {
            var a = left.next();
            var b = right.next();
            int order = a.getKey().compareTo(b.getKey());
            if (order == 0) {
                order = Integer.compare(b.getValue(), a.getValue());
            }
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(left.hasNext(), right.hasNext());
    }

    @Override
    public String toString() {
        return powers.entrySet().stream()
                .map(factor -> {
                    String base = factor.getKey().toString();
                    String atom = powers.size() > 1 || factor.getValue() > 1
                            ? (base.contains(" ") ? "(" + base + ")" : base)
                            : base;
                    return factor.getValue() == 1 ? atom : atom + " ** " + factor.getValue();
                })
                .collect(Collectors.joining(" * "));
    }
}
