package dev.weft.backend.testkit;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.Call;
import dev.weft.graph.op.Grad;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.pass.Pipeline;
import dev.weft.graph.rewrite.Rewriter;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Interprets an entry after every pass, in f64, and names the first that changes what it gives or stores. A program with {@code grad} has
 * no meaning that could be interpreted: it is compared from the pass on that takes {@code grad} away, whose own work {@link GradientCheck}
 * compares with finite differences.
 *
 * @param stored the stored tensors before the run, by name
 * @param inputs of the entry, by name
 * @param rtol how far tensors may be apart; reordered sums are
 */
public record MeaningCheck(String entry, Map<String, Tensor> stored, Map<String, Tensor> inputs, double rtol) {

    /**
     * A result that is another than before.
     *
     * @param by the pass or rule
     * @param tensor an output of the entry, or a stored tensor that it writes
     */
    public record Change(String by, String tensor, Agreement agreement) {

        @Override
        public String toString() {
            return "%s changes %s: %s".formatted(by, tensor, agreement);
        }
    }

    public MeaningCheck {
        stored = Map.copyOf(stored);
        inputs = Map.copyOf(inputs);
    }

    /** The first pass that changes something; empty if none does. */
    public Optional<Change> firstPass(Pipeline passes, Program program) {
        Program current = program;
        Map<String, Tensor> wanted = hasGradient(program) ? Map.of() : results(program);
        for (Pass pass : passes.passes()) {
            current = pass.apply(current);
            if (hasGradient(current)) {
                continue;
            }
            Map<String, Tensor> got = results(current);
            Optional<Change> change = wanted.isEmpty() ? Optional.empty() : change(pass.name(), got, wanted);
            if (change.isPresent()) {
                return change;
            }
            wanted = got;
        }
        return Optional.empty();
    }

    /**
     * The first rule of a list that changes something when it joins those before it; empty if none does.
     *
     * @param program without {@code call} and {@code grad} in the entry
     */
    public Optional<Change> firstRule(List<? extends Rule<?>> rules, Program program) {
        Map<String, Tensor> wanted = results(program);
        for (int count = 1; count <= rules.size(); count++) {
            Graph rewritten = new Rewriter(rules.subList(0, count)).rewrite(program.body(program.entry(entry)));
            Program after =
                    program.mapFunctions(function -> function.name().equals(rewritten.name()) ? rewritten : function);
            Optional<Change> change = change("rule " + rules.get(count - 1).name(), results(after), wanted);
            if (change.isPresent()) {
                return change;
            }
        }
        return Optional.empty();
    }

    /** What the entry gives, and what it leaves in the stored tensors that it writes. */
    private Map<String, Tensor> results(Program program) {
        Map<String, Tensor> memory = new HashMap<>(stored);
        Map<String, Tensor> results =
                new LinkedHashMap<>(new Interpreter(program, Interpreter.Mode.EXACT).run(entry, memory, inputs));
        program.entry(entry).writes().forEach(name -> results.put("stored " + name, memory.get(name)));
        return results;
    }

    private Optional<Change> change(String by, Map<String, Tensor> got, Map<String, Tensor> wanted) {
        return wanted.keySet().stream()
                .map(name -> new Change(by, name, Agreement.of(got.get(name), wanted.get(name))))
                .filter(change -> !change.agreement().within(rtol))
                .findFirst();
    }

    private boolean hasGradient(Program program) {
        Entry found = program.entry(entry);
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(found.function()));
        while (!open.isEmpty()) {
            String name = open.pop();
            if (seen.add(name)) {
                for (Value value : program.function(name).values()) {
                    if (value.op() instanceof Grad) {
                        return true;
                    }
                    if (value.op() instanceof Call call) {
                        open.add(call.function());
                    }
                }
            }
        }
        return false;
    }
}
