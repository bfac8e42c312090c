package dev.weft.dsl.size;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the atoms, from {@code where}: which sizes are equal, which divide, which are not larger. Immutable.
 *
 * <p>A fact {@code width % heads == 0} replaces {@code width} by {@code heads * (width / heads)} everywhere, so that afterwards
 * equality is again equality of polynomials; a fact {@code a == b} replaces {@code a} by {@code b}.
 */
public final class Facts {
    public static final Facts NONE = new Facts(Map.of(), List.of(), Map.of());

    private final Map<Atom, Size> replacements;
    private final List<Size> notNegative;
    private final Map<Atom.Quotient, Size> exact;

    private Facts(Map<Atom, Size> replacements, List<Size> notNegative, Map<Atom.Quotient, Size> exact) {
        this.replacements = replacements;
        this.notNegative = notNegative;
        this.exact = exact;
    }

    /** The answer to a question about sizes whose values are not known yet. */
    public enum Answer {
        YES,
        NO,
        UNKNOWN
    }

    /** These facts and that {@code dividend % divisor == 0}. */
    public Facts divides(Size dividend, Size divisor) {
        Fraction fraction = reduced(dividend, divisor);
        Size top = fraction.top();
        Size bottom = fraction.bottom();
        if (bottom.equals(Size.ZERO) || top.over(bottom).isPresent()) {
            return this;
        }
        Atom.Quotient quotient = new Atom.Quotient(display(top), display(bottom));
        Optional<Atom> atom = top.atom();
        if (atom.isPresent() && !bottom.mentions(atom.get())) {
            return replacing(atom.get(), bottom.times(Size.of(quotient)));
        }
        Map<Atom.Quotient, Size> more = new LinkedHashMap<>(exact);
        more.put(quotient, bottom);
        return new Facts(replacements, notNegative, more);
    }

    /** These facts and that {@code left == right}. */
    public Facts equal(Size left, Size right) {
        Size a = normal(left);
        Size b = normal(right);
        for (int side = 0; side < 2; side++) {
            Optional<Atom> atom = a.atom();
            if (atom.isPresent() && !b.mentions(atom.get())) {
                return replacing(atom.get(), b);
            }
            Size swap = a;
            a = b;
            b = swap;
        }
        return notNegative(a.minus(b)).notNegative(b.minus(a));
    }

    /** These facts and that {@code small <= large}. */
    public Facts atMost(Size small, Size large) {
        return notNegative(large.minus(small));
    }

    private Facts notNegative(Size size) {
        List<Size> more = new ArrayList<>(notNegative);
        more.add(normal(size));
        return new Facts(replacements, more, exact);
    }

    private Facts replacing(Atom atom, Size value) {
        Map<Atom, Size> changed = new LinkedHashMap<>();
        replacements.forEach((known, old) -> changed.put(known, old.with(atom, value)));
        changed.put(atom, value);
        List<Size> kept =
                notNegative.stream().map(size -> size.with(atom, value)).toList();
        return new Facts(changed, kept, exact);
    }

    /** The size over atoms that nothing more is known of. */
    public Size normal(Size size) {
        Size result = size;
        for (Map.Entry<Atom, Size> replacement : replacements.entrySet()) {
            if (result.mentions(replacement.getKey())) {
                result = result.with(replacement.getKey(), replacement.getValue());
            }
        }
        return result;
    }

    /** The size as its author would write it: quotients are multiplied out where that is possible. */
    public Size display(Size size) {
        Size result = size;
        List<Map.Entry<Atom, Size>> latest = new ArrayList<>(replacements.entrySet()).reversed();
        for (Map.Entry<Atom, Size> replacement : latest) {
            boolean product = replacement.getValue().terms().size() == 1
                    && replacement.getValue().constant().isEmpty();
            Optional<Size> factor = product ? result.over(replacement.getValue()) : Optional.empty();
            if (factor.isPresent() && !result.equals(Size.ZERO)) {
                result = factor.get().times(Size.of(replacement.getKey()));
            }
        }
        return result;
    }

    public Answer equality(Size left, Size right) {
        if (left.equals(right)) {
            return Answer.YES;
        }
        Size difference = normal(left).minus(normal(right));
        if (difference.equals(Size.ZERO)) {
            return Answer.YES;
        }
        boolean apart = isNotNegative(difference.minus(Size.ONE))
                || isNotNegative(difference.negated().minus(Size.ONE));
        if (apart) {
            return Answer.NO;
        }
        return isNotNegative(difference) && isNotNegative(difference.negated()) ? Answer.YES : Answer.UNKNOWN;
    }

    /** Whether two sizes that are not equal could be so only by being 0: {@code width} and {@code 3 * width}. */
    public boolean differUnlessZero(Size left, Size right) {
        Size difference = normal(left).minus(normal(right));
        return isNotNegative(difference) || isNotNegative(difference.negated());
    }

    public Answer atMostAnswer(Size small, Size large) {
        Size difference = normal(large).minus(normal(small));
        if (isNotNegative(difference)) {
            return Answer.YES;
        }
        return isNotNegative(difference.negated().minus(Size.ONE)) ? Answer.NO : Answer.UNKNOWN;
    }

    public Answer divisibility(Size dividend, Size divisor) {
        if (quotient(dividend, divisor).isPresent()) {
            return Answer.YES;
        }
        Size top = normal(dividend);
        Size bottom = normal(divisor);
        return top.constant().isPresent() && bottom.constant().isPresent() ? Answer.NO : Answer.UNKNOWN;
    }

    /** A quotient in normal form, without common numbers: {@code width / heads} for {@code (3 * width) / (3 * heads)}. */
    public record Fraction(Size top, Size bottom) {}

    public Fraction reduced(Size dividend, Size divisor) {
        Size top = normal(dividend);
        Size bottom = normal(divisor);
        BigInteger factor = Size.commonFactor(top, bottom);
        return new Fraction(top.dividedBy(factor), bottom.dividedBy(factor));
    }

    /** The exact quotient, where the division is known to be exact. */
    public Optional<Size> quotient(Size dividend, Size divisor) {
        Fraction fraction = reduced(dividend, divisor);
        Size top = fraction.top();
        Size bottom = fraction.bottom();
        Optional<Size> plain = top.over(bottom);
        if (plain.isPresent()) {
            return plain;
        }
        Atom.Quotient quotient = new Atom.Quotient(display(top), display(bottom));
        return exact.containsKey(quotient) ? Optional.of(Size.of(quotient)) : Optional.empty();
    }

    /** Known to be at least 0: term by term, or larger than the sum of at most two facts. */
    private boolean isNotNegative(Size size) {
        if (size.hasNoNegativeTerm()) {
            return true;
        }
        for (Size fact : notNegative) {
            Size rest = size.minus(fact);
            if (rest.hasNoNegativeTerm()) {
                return true;
            }
            for (Size another : notNegative) {
                if (rest.minus(another).hasNoNegativeTerm()) {
                    return true;
                }
            }
        }
        return false;
    }
}
