package dev.weft.graph.nest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A symbolic integer: {@code constant + Σ coefficient · term}. No coefficient is 0. */
public record Index(Map<Term, Long> coefficients, long constant) {

    public static final Index ZERO = of(0);

    public Index {
        // Not Map.copyOf: its order differs from run to run, and so would the text of kernels.
        coefficients = Collections.unmodifiableMap(new LinkedHashMap<>(coefficients));
    }

    public static Index of(long constant) {
        return new Index(Map.of(), constant);
    }

    public static Index of(Term term) {
        return new Index(Map.of(term, 1L), 0);
    }

    public Index plus(Index other) {
        Map<Term, Long> sum = new LinkedHashMap<>(coefficients);
        other.coefficients.forEach((term, coefficient) -> sum.merge(term, coefficient, Long::sum));
        sum.values().removeIf(coefficient -> coefficient == 0);
        return new Index(sum, constant + other.constant);
    }

    public Index plus(long other) {
        return new Index(coefficients, constant + other);
    }

    public Index times(long factor) {
        if (factor == 0) {
            return ZERO;
        }
        Map<Term, Long> product = new LinkedHashMap<>();
        coefficients.forEach((term, coefficient) -> product.put(term, coefficient * factor));
        return new Index(product, constant * factor);
    }

    public long min() {
        long sum = constant;
        for (Map.Entry<Term, Long> part : coefficients.entrySet()) {
            sum += part.getValue()
                    * (part.getValue() > 0 ? part.getKey().min() : part.getKey().max());
        }
        return sum;
    }

    public long max() {
        long sum = constant;
        for (Map.Entry<Term, Long> part : coefficients.entrySet()) {
            sum += part.getValue()
                    * (part.getValue() > 0 ? part.getKey().max() : part.getKey().min());
        }
        return sum;
    }

    /** Whether a loop of {@code loops} has a part in it, be it inside another term. */
    public boolean dependsOn(Collection<Term.Loop> loops) {
        return coefficients.keySet().stream().anyMatch(term -> switch (term) {
            case Term.Loop loop -> loops.contains(loop);
            case Term.Quotient quotient -> quotient.x().dependsOn(loops);
            case Term.Remainder remainder -> remainder.x().dependsOn(loops);
            case Term.Clamp clamp -> clamp.x().dependsOn(loops);
            case Term.Data data -> data.at().dependsOn(loops);
        });
    }

    /** What of it is data, be it inside another term. */
    public List<Term.Data> data() {
        List<Term.Data> found = new ArrayList<>();
        for (Term term : coefficients.keySet()) {
            switch (term) {
                case Term.Loop _ -> {}
                case Term.Quotient quotient -> found.addAll(quotient.x().data());
                case Term.Remainder remainder -> found.addAll(remainder.x().data());
                case Term.Clamp clamp -> found.addAll(clamp.x().data());
                case Term.Data known -> found.add(known);
            }
        }
        return found;
    }

    /** {@code ⌊this / divisor⌋} and what remains. */
    public Division divide(long divisor) {
        if (divisor == 1) {
            return new Division(this, ZERO);
        }
        Map<Term, Long> whole = new LinkedHashMap<>();
        Map<Term, Long> rest = new LinkedHashMap<>();
        coefficients.forEach((term, coefficient) -> {
            if (coefficient % divisor == 0) {
                whole.put(term, coefficient / divisor);
            } else {
                rest.put(term, coefficient);
            }
        });
        Index quotient = new Index(whole, Math.floorDiv(constant, divisor));
        Index remainder = new Index(rest, Math.floorMod(constant, divisor));
        if (remainder.min() >= 0 && remainder.max() < divisor) {
            return new Division(quotient, remainder);
        }
        rest.forEach((term, coefficient) -> {
            if (term instanceof Term.Loop loop) {
                splitIfUseful(loop, coefficient, divisor);
            }
        });
        return new Division(
                quotient.plus(of(new Term.Quotient(remainder, divisor))), of(new Term.Remainder(remainder, divisor)));
    }

    /** A loop that steps over several multiples of the divisor is better two loops: then the quotient is one of them. */
    private static void splitIfUseful(Term.Loop loop, long coefficient, long divisor) {
        if (loop.mayBeSplit() && coefficient > 0 && divisor % coefficient == 0) {
            long inner = divisor / coefficient;
            if (inner < loop.size() && loop.size() % inner == 0) {
                throw new SplitRequest(loop, inner);
            }
        }
    }

    public record Division(Index quotient, Index remainder) {}

    /** Thrown to restart an analysis with {@code loop} as two loops, the inner one of size {@code inner}. */
    public static final class SplitRequest extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Term.Loop loop;
        private final long inner;

        SplitRequest(Term.Loop loop, long inner) {
            super("split", null, false, false);
            this.loop = loop;
            this.inner = inner;
        }

        public Term.Loop loop() {
            return loop;
        }

        public long inner() {
            return inner;
        }
    }
}
