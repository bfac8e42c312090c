package dev.weft.dsl.size;

import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * An int constant as an integer polynomial over atoms, in normal form: no zero coefficients, terms in a fixed order. Two sizes are
 * equal for all values of their atoms exactly if they are equal as records. What is known of the atoms is in {@link Facts}.
 */
public record Size(SortedMap<Monomial, BigInteger> terms) {

    public static final Size ZERO = new Size(new TreeMap<>());
    public static final Size ONE = of(1);

    public Size {
        SortedMap<Monomial, BigInteger> kept = new TreeMap<>(terms);
        kept.values().removeIf(coefficient -> coefficient.signum() == 0);
        terms = Collections.unmodifiableSortedMap(kept);
    }

    public static Size of(long value) {
        return new Size(new TreeMap<>(Map.of(Monomial.ONE, BigInteger.valueOf(value))));
    }

    public static Size of(Atom atom) {
        return new Size(new TreeMap<>(Map.of(Monomial.of(atom), BigInteger.ONE)));
    }

    /** The size that a signature calls by this name. */
    public static Size symbol(String name) {
        return of(new Atom.Symbol(name, 0));
    }

    public Size plus(Size other) {
        SortedMap<Monomial, BigInteger> sum = new TreeMap<>(terms);
        other.terms.forEach((monomial, coefficient) -> sum.merge(monomial, coefficient, BigInteger::add));
        return new Size(sum);
    }

    public Size negated() {
        SortedMap<Monomial, BigInteger> negative = new TreeMap<>(terms);
        negative.replaceAll((monomial, coefficient) -> coefficient.negate());
        return new Size(negative);
    }

    public Size minus(Size other) {
        return plus(other.negated());
    }

    public Size times(Size other) {
        SortedMap<Monomial, BigInteger> product = new TreeMap<>();
        terms.forEach(
                (a, x) -> other.terms.forEach((b, y) -> product.merge(a.times(b), x.multiply(y), BigInteger::add)));
        return new Size(product);
    }

    public Size power(int exponent) {
        Size power = ONE;
        for (int i = 0; i < exponent; i++) {
            power = power.times(this);
        }
        return power;
    }

    /** The quotient, where it is a polynomial whatever the atoms are; else nothing. */
    public Optional<Size> over(Size divisor) {
        if (divisor.terms.isEmpty()) {
            return Optional.empty();
        }
        Size rest = this;
        Size quotient = ZERO;
        Monomial lead = divisor.terms.firstKey();
        BigInteger factor = divisor.terms.get(lead);
        while (!rest.terms.isEmpty()) {
            Monomial top = rest.terms.firstKey();
            Optional<Monomial> monomial = top.over(lead);
            BigInteger[] parts = rest.terms.get(top).divideAndRemainder(factor);
            if (monomial.isEmpty() || parts[1].signum() != 0) {
                return Optional.empty();
            }
            Size term = new Size(new TreeMap<>(Map.of(monomial.get(), parts[0])));
            quotient = quotient.plus(term);
            Size next = rest.minus(term.times(divisor));
            if (!next.terms.isEmpty() && next.terms.firstKey().compareTo(top) <= 0) {
                return Optional.empty();
            }
            rest = next;
        }
        return Optional.of(quotient);
    }

    /** The largest number that divides every coefficient of both; 1 where there is none. */
    static BigInteger commonFactor(Size a, Size b) {
        BigInteger factor = BigInteger.ZERO;
        for (Size size : List.of(a, b)) {
            for (BigInteger coefficient : size.terms.values()) {
                factor = factor.gcd(coefficient);
            }
        }
        return factor.signum() == 0 ? BigInteger.ONE : factor;
    }

    Size dividedBy(BigInteger factor) {
        SortedMap<Monomial, BigInteger> divided = new TreeMap<>(terms);
        divided.replaceAll((monomial, coefficient) -> coefficient.divide(factor));
        return new Size(divided);
    }

    /** The value, where no atom is left. */
    public OptionalLong constant() {
        if (terms.isEmpty()) {
            return OptionalLong.of(0);
        }
        BigInteger value = terms.get(Monomial.ONE);
        return terms.size() == 1 && value != null && value.bitLength() < Long.SIZE
                ? OptionalLong.of(value.longValue())
                : OptionalLong.empty();
    }

    public boolean isOne() {
        return equals(ONE);
    }

    /** The atom, where that is all there is. */
    public Optional<Atom> atom() {
        if (terms.size() != 1 || !terms.get(terms.firstKey()).equals(BigInteger.ONE)) {
            return Optional.empty();
        }
        Monomial monomial = terms.firstKey();
        return monomial.degree() == 1 ? Optional.of(monomial.powers().firstKey()) : Optional.empty();
    }

    /** Everything in it that is not a number. */
    public Stream<Atom> atoms() {
        return terms.keySet().stream().flatMap(monomial -> monomial.powers().keySet().stream());
    }

    /** Whether no coefficient is negative, so that the size is not negative whatever its atoms are. */
    boolean hasNoNegativeTerm() {
        return terms.values().stream().allMatch(coefficient -> coefficient.signum() > 0);
    }

    boolean mentions(Atom atom) {
        return terms.keySet().stream().anyMatch(monomial -> monomial.powers().containsKey(atom));
    }

    /** Every occurrence of an atom replaced. */
    Size with(Atom atom, Size value) {
        Size result = ZERO;
        for (Map.Entry<Monomial, BigInteger> term : terms.entrySet()) {
            Size product = new Size(new TreeMap<>(Map.of(Monomial.ONE, term.getValue())));
            for (Map.Entry<Atom, Integer> factor : term.getKey().powers().entrySet()) {
                Size base = factor.getKey().equals(atom) ? value : of(factor.getKey());
                product = product.times(base.power(factor.getValue()));
            }
            result = result.plus(product);
        }
        return result;
    }

    /** The number, given that of every symbol; quotients must be exact. */
    public BigInteger evaluate(ToLongFunction<Atom.Symbol> values) {
        BigInteger sum = BigInteger.ZERO;
        for (Map.Entry<Monomial, BigInteger> term : terms.entrySet()) {
            BigInteger product = term.getValue();
            for (Map.Entry<Atom, Integer> factor : term.getKey().powers().entrySet()) {
                product = product.multiply(evaluate(factor.getKey(), values).pow(factor.getValue()));
            }
            sum = sum.add(product);
        }
        return sum;
    }

    private static BigInteger evaluate(Atom atom, ToLongFunction<Atom.Symbol> values) {
        return switch (atom) {
            case Atom.Symbol symbol -> BigInteger.valueOf(values.applyAsLong(symbol));
            case Atom.Quotient quotient ->
                quotient.dividend().evaluate(values).divide(quotient.divisor().evaluate(values));
            case Atom.Opaque opaque -> throw new IllegalArgumentException("size: cannot evaluate " + opaque);
        };
    }

    /** {@code 3 * width + 1} */
    @Override
    public String toString() {
        if (terms.isEmpty()) {
            return "0";
        }
        StringBuilder text = new StringBuilder();
        terms.forEach((monomial, coefficient) -> {
            BigInteger size = coefficient.abs();
            boolean negative = coefficient.signum() < 0;
            text.append(text.isEmpty() ? (negative ? "-" : "") : (negative ? " - " : " + "));
            if (monomial.degree() == 0) {
                text.append(size);
            } else if (size.equals(BigInteger.ONE)) {
                text.append(monomial);
            } else {
                String factors = monomial.toString();
                text.append(size)
                        .append(" * ")
                        .append(factors.contains(" / ") && !factors.startsWith("(") ? "(" + factors + ")" : factors);
            }
        });
        return text.toString();
    }
}
