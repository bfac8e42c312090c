package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The entry {@code init}: from a seed to the contents of all storage but caches. */
final class Initialization {

    static final String NAME = "init";

    private final Session session;
    private final Trace trace = new Trace(NAME, "");
    private final Map<Expr, Val> trees = new IdentityHashMap<>();

    Initialization(Session session) {
        this.session = session;
    }

    Entry lower(List<Leaf> leaves) {
        Value seed = trace.builder().parameter(Trace.SEED, TensorType.scalar(ElementType.I32));
        trace.ambient(Trace.SEED, seed);
        trace.ambient(Trace.STEP, trace.builder().constant(ElementType.I32, 0));
        leaves.forEach(this::initialize);
        Graph graph = trace.builder()
                .build(leaves.stream().map(leaf -> trace.written().get(leaf)).toList());
        session.functionName(NAME);
        session.add(graph);
        return new Entry(
                NAME,
                NAME,
                List.of(),
                List.of(Trace.SEED),
                List.of(),
                leaves.stream().map(Leaf::name).toList());
    }

    private void initialize(Leaf leaf) {
        TensorType type = session.type(leaf);
        Scope scope = Scope.of(leaf.owner().unit(), leaf.owner());
        Evaluator evaluator = new Evaluator(session, scope, trace);
        Expr initial = leaf.initial();
        Span span = initial == null ? leaf.span() : initial.span();
        String outer = trace.enter(leaf.name());
        trace.initial(type);
        Val value = initial == null ? new Val.Int(0) : value(initial, leaf, evaluator);
        trace.write(leaf, new Storing(evaluator).fitted(value, type, leaf.name(), span));
        trace.leave(outer);
        if (!trace.needs().isEmpty()) {
            throw Refusal.at(
                    span, "%s %s: an initial value must not need storage that has none yet", leaf.kind(), leaf.name());
        }
    }

    private Val value(Expr initial, Leaf leaf, Evaluator evaluator) {
        Val value = trees.get(initial);
        if (value == null) {
            value = evaluator.contents(evaluator.eval(initial), initial.span());
        }
        if (value instanceof Val.Tree(Map<String, Val> leaves)) {
            trees.put(initial, value);
            Val own = leaves.get(leaf.branch());
            if (own != null) {
                return own;
            }
        }
        return value;
    }
}
