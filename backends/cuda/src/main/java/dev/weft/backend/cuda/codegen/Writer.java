package dev.weft.backend.cuda.codegen;

import dev.weft.graph.DefectException;
import dev.weft.graph.nest.Index;
import dev.weft.graph.nest.NamesInScope;
import dev.weft.graph.nest.Term;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** C++ statements, and what the variables in scope hold. */
final class Writer {
    private final StringBuilder text = new StringBuilder();
    private final NamesInScope names = new NamesInScope();
    private int variables;

    void line(String statement) {
        text.append("    ".repeat(names.depth())).append(statement).append('\n');
    }

    /** Opens a block: {@code head} stands before its brace, or nothing. */
    void open(String head) {
        line(head.isEmpty() ? "{" : head + " {");
        names.enter();
    }

    void close() {
        names.leave();
        line("}");
    }

    /** A new variable that holds an expression. */
    String let(String type, String expression) {
        String name = fresh("v");
        line("const " + type + " " + name + " = " + expression + ";");
        return name;
    }

    String fresh(String prefix) {
        return prefix + variables++;
    }

    /** What {@code key} was given in this scope or one around it, or null. */
    @Nullable
    String known(Object key) {
        return names.known(key);
    }

    void remember(Object key, String name) {
        names.remember(key, name);
    }

    /** Gives each of several nested loops its counter, from the counter of all together. */
    void bind(List<Term.Loop> loops, String counter) {
        String rest = counter;
        for (int i = loops.size() - 1; i >= 0; i--) {
            Term.Loop loop = loops.get(i);
            if (i == 0) {
                remember(loop, rest);
            } else {
                String divisor = Long.toString(loop.size());
                String quotient = let("i64", "(i64) ((u64) " + rest + " / " + divisor + ")");
                remember(loop, let("i64", rest + " - " + quotient + " * " + divisor));
                rest = quotient;
            }
        }
    }

    /** An index as an expression; what in it is data must be known. */
    String index(Index index) {
        if (index.coefficients().isEmpty()) {
            return Long.toString(index.constant());
        }
        String known = known(index);
        if (known != null) {
            return known;
        }
        StringBuilder sum = new StringBuilder();
        index.coefficients().forEach((term, coefficient) -> {
            String factor = term(term);
            sum.append(sum.isEmpty() ? "" : " + ").append(coefficient == 1 ? factor : factor + " * " + coefficient);
        });
        if (index.constant() != 0) {
            sum.append(" + ").append(index.constant());
        }
        String name = isName(sum) ? sum.toString() : let("i64", sum.toString());
        remember(index, name);
        return name;
    }

    private static boolean isName(CharSequence text) {
        return text.chars().allMatch(Character::isLetterOrDigit);
    }

    private String term(Term term) {
        String known = known(term);
        if (known != null) {
            return known;
        }
        String name =
                switch (term) {
                    case Term.Loop loop -> throw new DefectException("kernel: loop of " + loop.size() + " is not open");
                    case Term.Data data -> throw new DefectException("kernel: " + data.value() + " was not read");
                    case Term.Quotient quotient -> floorDivision(quotient.x(), quotient.divisor());
                    case Term.Remainder remainder -> {
                        String whole = floorDivision(remainder.x(), remainder.divisor());
                        yield let("i64", index(remainder.x()) + " - " + whole + " * " + remainder.divisor());
                    }
                    case Term.Clamp clamp ->
                        let(
                                "i64",
                                "smaller<i64>(larger<i64>(%s, %d), %d)"
                                        .formatted(index(clamp.x()), clamp.min(), clamp.max()));
                };
        remember(term, name);
        return name;
    }

    /** Shifted by a multiple of the divisor until nothing is negative. */
    private String floorDivision(Index x, long divisor) {
        long multiples = x.min() >= 0 ? 0 : Math.ceilDiv(-x.min(), divisor);
        String quotient = "(i64) ((u64) " + index(x.plus(multiples * divisor)) + " / " + divisor + ")";
        return let("i64", multiples == 0 ? quotient : quotient + " - " + multiples);
    }

    /** The kernel: its parameters, its bound on threads, and what was written as its body. */
    String kernel(List<String> parameters, int threads) {
        return kernel(parameters, List.of(), threads, 1);
    }

    /** As above, with statements before what was written, and with registers for some blocks at a time. */
    String kernel(List<String> parameters, List<String> before, int threads, int resident) {
        StringBuilder lines = new StringBuilder();
        before.forEach(line -> lines.append("    ").append(line).append('\n'));
        return "KERNEL void __launch_bounds__(" + threads + ", " + resident + ") " + Kernel.NAME + "(\n        "
                + String.join(",\n        ", parameters) + ") {\n" + lines + text + "}\n";
    }
}
