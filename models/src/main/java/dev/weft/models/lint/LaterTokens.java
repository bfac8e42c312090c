package dev.weft.models.lint;

import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Origin;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.graph.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a later token changes an earlier logit. The entry is run twice, the second time with other tokens from some position on, and
 * every value in it is compared where all its positions are earlier ones. The first that differs is where the future comes in.
 */
final class LaterTokens {

    /** In f64 rounding stays below this, and a mask that is not quite one above. */
    private static final double SAME = 1e-9;

    private final Program flat;
    private final Entry entry;
    private final Graph graph;
    private final Places places;

    private LaterTokens(Program flat, Entry entry, Places places) {
        this.flat = flat;
        this.entry = entry;
        this.graph = flat.body(entry);
        this.places = places;
    }

    static List<Diagnostic> of(Trial trial) {
        List<String> arguments = trial.program().parameters("logits");
        boolean logits = arguments.contains(Trial.TOKENS);
        if (!logits && !trial.program().isLanguageModel()) {
            return List.of();
        }
        String name = logits ? "logits" : "loss";
        Program flat = trial.flat(name);
        LaterTokens here = new LaterTokens(
                flat, flat.entry(name), new Places(trial.program().module()));
        return here.found(trial).map(List::of).orElse(List.of());
    }

    private Optional<Diagnostic> found(Trial trial) {
        TrialInputs inputs = new TrialInputs(flat, entry, trial.program());
        for (int from : List.of(Trial.POSITIONS - 1, Trial.POSITIONS / 2)) {
            List<Tensor> before = values(inputs.arguments(from, false));
            List<Tensor> after = values(inputs.arguments(from, true));
            int result = graph.values().indexOf(graph.results().getFirst());
            if (differ(before.get(result), after.get(result), from)) {
                for (int i = 0; i < before.size(); i++) {
                    if (differ(before.get(i), after.get(i), from)) {
                        return Optional.of(warning(trial, graph.values().get(i), from));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Every value of the graph, in its order. */
    private List<Tensor> values(List<Tensor> arguments) {
        GraphRebuilder rebuilder = new GraphRebuilder(graph).takeAll();
        Graph all = rebuilder.builder().build(rebuilder.get(graph.values()));
        return Interpreter.evaluate(all, arguments, Interpreter.Mode.EXACT);
    }

    /** Whether two values differ where all positions are before {@code from}; one without positions is the loss of those. */
    private boolean differ(Tensor before, Tensor after, int from) {
        long[] shape = before.type().shape().sizes();
        boolean isResult = shape.length == 0
                && before.type().equals(graph.results().getFirst().type());
        boolean positioned = false;
        for (long size : shape) {
            positioned |= size == Trial.POSITIONS;
        }
        if (!positioned && !isResult || !before.type().element().isFloat()) {
            return false;
        }
        for (int i = 0; i < before.size(); i++) {
            double a = before.get(i);
            double b = after.get(i);
            boolean same = a == b
                    || Double.isNaN(a) && Double.isNaN(b)
                    || Math.abs(a - b) <= SAME * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
            if (!same && isEarlier(i, shape, from)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEarlier(int index, long[] shape, int from) {
        long rest = index;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (shape[axis] == Trial.POSITIONS && rest % shape[axis] >= from) {
                return false;
            }
            rest /= shape[axis];
        }
        return true;
    }

    private Diagnostic warning(Trial trial, Value first, int from) {
        Optional<Value> own = nearest(first);
        Span model = trial.program()
                .module()
                .file()
                .last(DefinitionKind.MODEL)
                .orElseThrow()
                .name()
                .span();
        Span span = own.flatMap(this::place).orElse(model);
        Diagnostic warning = Diagnostic.warning(
                Code.LOOKS_AHEAD,
                span,
                "%s: a later token must not change an earlier one's result, but tokens from position %d on change those before; they come in here"
                        .formatted(entry.name(), from));
        String inside = origins(first);
        boolean elsewhere = place(first).isEmpty() && !inside.isEmpty();
        String seen = elsewhere ? "first seen in " + first.op().mnemonic() + " at " + inside + "; " : "";
        return warning.help(seen
                + "leave later positions out, as where(iota(T) <= iota(T)[:, _], scores, -inf) does before a softmax");
    }

    private String origins(Value value) {
        List<Origin> origins = graph.provenance().of(value);
        return origins.isEmpty() ? "" : origins.getFirst().toString();
    }

    private Optional<Span> place(Value value) {
        return graph.provenance().of(value).stream()
                .flatMap(origin -> places.at(origin.span()).stream())
                .findFirst();
    }

    /** The value itself, or what it is made of, that this file computes: the line that hands it to an imported function. */
    private Optional<Value> nearest(Value value) {
        Set<Value> seen = new HashSet<>();
        Deque<Value> open = new ArrayDeque<>(List.of(value));
        while (!open.isEmpty()) {
            Value next = open.remove();
            if (place(next).isPresent()) {
                return Optional.of(next);
            }
            next.operands().stream().filter(seen::add).forEach(open::add);
        }
        return Optional.empty();
    }
}
