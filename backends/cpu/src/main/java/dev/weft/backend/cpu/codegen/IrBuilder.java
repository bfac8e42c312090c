package dev.weft.backend.cpu.codegen;

import dev.weft.graph.nest.Index;
import dev.weft.graph.nest.NamesInScope;
import dev.weft.graph.nest.Term;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Writes the body of one LLVM function: fresh names, loops, and index arithmetic that is written once per scope. */
final class IrBuilder {
    private final StringBuilder text = new StringBuilder();
    private final TreeSet<String> declarations = new TreeSet<>();
    private final Map<String, String> globals = new LinkedHashMap<>();
    private final NamesInScope names = new NamesInScope();
    private int next;
    private String block = "entry";

    /** An instruction with a result. */
    String emit(String instruction) {
        String name = "%v" + next++;
        text.append("  ").append(name).append(" = ").append(instruction).append('\n');
        return name;
    }

    /** An instruction without a result. */
    void line(String instruction) {
        text.append("  ").append(instruction).append('\n');
    }

    /** A call of an external function or intrinsic: {@code call("float", "llvm.fma.f32", "float", a, b, c)}. */
    String call(String result, String function, String parameter, String... arguments) {
        StringBuilder types = new StringBuilder();
        StringBuilder values = new StringBuilder();
        for (String argument : arguments) {
            types.append(types.isEmpty() ? "" : ", ").append(parameter);
            values.append(values.isEmpty() ? "" : ", ")
                    .append(parameter)
                    .append(' ')
                    .append(argument);
        }
        declare("declare " + result + " @" + function + "(" + types + ")");
        return emit("call " + result + " @" + function + "(" + values + ")");
    }

    void declare(String declaration) {
        declarations.add(declaration);
    }

    void global(String name, String definition) {
        globals.put(name, definition);
    }

    /** What {@code key} was given in this scope or one around it, or null. */
    @org.jspecify.annotations.Nullable
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
                String quotient = emit("udiv i64 " + rest + ", " + loop.size());
                String whole = emit("mul nsw i64 " + quotient + ", " + loop.size());
                remember(loop, emit("sub nsw i64 " + rest + ", " + whole));
                rest = quotient;
            }
        }
    }

    /** A loop over {@code from} … {@code to} − 1, step 1; {@code body} gets the counter. */
    void loop(String from, String to, Consumer<String> body) {
        int id = next++;
        String head = "head" + id;
        String inside = "body" + id;
        String latch = "latch" + id;
        String exit = "exit" + id;
        String counter = "%i" + id;
        line("br label %" + head);
        text.append(head).append(":\n");
        line(counter + " = phi i64 [ " + from + ", %" + block + " ], [ %next" + id + ", %" + latch + " ]");
        line("%more" + id + " = icmp slt i64 " + counter + ", " + to);
        line("br i1 %more" + id + ", label %" + inside + ", label %" + exit);
        start(inside);
        names.enter();
        body.accept(counter);
        names.leave();
        line("br label %" + latch);
        text.append(latch).append(":\n");
        line("%next" + id + " = add nuw nsw i64 " + counter + ", 1");
        line("br label %" + head);
        start(exit);
    }

    /** Runs {@code body} where {@code condition} holds. */
    void when(String condition, Runnable body) {
        int id = next++;
        line("br i1 " + condition + ", label %then" + id + ", label %after" + id);
        start("then" + id);
        names.enter();
        body.run();
        names.leave();
        line("br label %after" + id);
        start("after" + id);
    }

    private void start(String label) {
        text.append(label).append(":\n");
        block = label;
    }

    /** The value of an index as an i64. */
    String index(Index index) {
        if (index.coefficients().isEmpty()) {
            return Long.toString(index.constant());
        }
        String known = known(index);
        if (known != null) {
            return known;
        }
        String sum = null;
        for (Map.Entry<Term, Long> part : index.coefficients().entrySet()) {
            String term = term(part.getKey());
            if (part.getValue() != 1) {
                term = emit("mul nsw i64 " + term + ", " + part.getValue());
            }
            sum = sum == null ? term : emit("add nsw i64 " + sum + ", " + term);
        }
        if (index.constant() != 0) {
            sum = emit("add nsw i64 " + sum + ", " + index.constant());
        }
        remember(index, java.util.Objects.requireNonNull(sum));
        return sum;
    }

    private String term(Term term) {
        String known = known(term);
        if (known != null) {
            return known;
        }
        String name =
                switch (term) {
                    case Term.Loop loop ->
                        throw new IllegalStateException("loop of " + loop.size() + " is not open here");
                    case Term.Data data ->
                        throw new IllegalStateException(data.value() + " was not computed before its use");
                    case Term.Quotient quotient -> floorDivision(quotient.x(), quotient.divisor());
                    case Term.Remainder remainder -> {
                        String whole = floorDivision(remainder.x(), remainder.divisor());
                        String product = emit("mul nsw i64 " + whole + ", " + remainder.divisor());
                        yield emit("sub nsw i64 " + index(remainder.x()) + ", " + product);
                    }
                    case Term.Clamp clamp -> {
                        String low = call("i64", "llvm.smax.i64", "i64", index(clamp.x()), Long.toString(clamp.min()));
                        yield call("i64", "llvm.smin.i64", "i64", low, Long.toString(clamp.max()));
                    }
                };
        remember(term, name);
        return name;
    }

    private String floorDivision(Index x, long divisor) {
        if (x.min() >= 0) {
            return emit("udiv i64 " + index(x) + ", " + divisor);
        }
        // Shifted by a multiple of the divisor until nothing is negative.
        long multiples = Math.ceilDiv(-x.min(), divisor);
        String shifted = emit("udiv i64 " + index(x.plus(multiples * divisor)) + ", " + divisor);
        return emit("sub nsw i64 " + shifted + ", " + multiples);
    }

    /** The whole module: {@code header} opens the function, {@code first} are its first lines. */
    String module(String header, String first, String attributes) {
        StringBuilder module = new StringBuilder();
        globals.forEach((name, definition) ->
                module.append(name).append(" = ").append(definition).append('\n'));
        declarations.forEach(declaration -> module.append(declaration).append('\n'));
        module.append(header).append(" {\nentry:\n").append(first).append(text).append("  ret void\n}\n");
        return module.append(attributes).toString();
    }
}
