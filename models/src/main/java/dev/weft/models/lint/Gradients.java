package dev.weft.models.lint;

import dev.weft.autodiff.Differentiate;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Constant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parameters that the loss does not read, or only through what has no derivative: they would stay as they are. */
final class Gradients {

    private static final String LOSS = "loss";
    private static final int NAMED = 3;

    private Gradients() {}

    static List<Diagnostic> of(Trial trial) {
        if (trial.program().function(LOSS).isEmpty()) {
            return List.of();
        }
        Program flat = trial.flat(LOSS);
        Places places = new Places(trial.program().module());
        Map<Places.Place, List<String>> lost = new LinkedHashMap<>();
        List<String> reached = reached(flat);
        for (Stored stored : flat.stored()) {
            if (stored.role() == Stored.Role.PARAM && !reached.contains(stored.name())) {
                places.of(stored.name()).filter(place -> !place.frozen()).ifPresent(place -> lost.computeIfAbsent(
                                place, at -> new ArrayList<>())
                        .add(stored.name()));
            }
        }
        List<Diagnostic> found = new ArrayList<>();
        lost.forEach((place, names) -> found.add(warning(place, names)));
        return found;
    }

    private static Diagnostic warning(Places.Place place, List<String> names) {
        Span span = place.span();
        int more = names.size() - NAMED;
        String which = String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (more > 0 ? " and " + more + " more" : "");
        return Diagnostic.warning(
                        Code.NO_GRADIENT,
                        span,
                        span.text() + ": no gradient of loss reaches " + which + ", which training would never change")
                .help("let what loss gives first depend on it, or "
                        + (place.part() ? "freeze the part: " + span.text() + ": frozen …" : "make it a buffer"));
    }

    /** Names of the params whose gradient is more than zeros that stand for no gradient at all. */
    private static List<String> reached(Program flat) {
        Entry entry = flat.entry(LOSS);
        Graph loss = flat.body(entry);
        List<Integer> wrt = new ArrayList<>();
        for (int i = 0; i < entry.reads().size(); i++) {
            if (flat.stored(entry.reads().get(i)).role() == Stored.Role.PARAM) {
                wrt.add(i);
            }
        }
        List<Value> results = Differentiate.gradient(loss, wrt).results();
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < wrt.size(); i++) {
            if (!isNothing(results.get(loss.results().size() + i))) {
                reached.add(entry.reads().get(wrt.get(i)));
            }
        }
        return reached;
    }

    private static boolean isNothing(Value gradient) {
        Value value = gradient.op() instanceof Broadcast ? gradient.operands().getFirst() : gradient;
        return value.op() instanceof Constant constant && constant.value() == 0;
    }
}
