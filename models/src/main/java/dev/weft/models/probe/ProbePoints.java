package dev.weft.models.probe;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Origin;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Call;
import dev.weft.graph.op.Grad;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.Reshape;
import dev.weft.models.probe.Measurement.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The values of an entry that patterns name: of each path and source line the last value, and what the path gives in the end. Values
 * that depend on no input and nothing stored are the same in every run and left out.
 */
final class ProbePoints {

    /** A value to measure. */
    record Point(Value value, String path, String source, Part part) {}

    private record Key(String path, String source, Part part) {}

    private final Entry entry;
    private final Graph graph;
    private final Set<Value> forward;
    private final Set<Value> varying = Collections.newSetFromMap(new IdentityHashMap<>());

    private ProbePoints(Program lowered, Program compiled, Entry entry) {
        this.entry = entry;
        this.graph = compiled.body(entry);
        List<Value> outputs = graph.results().subList(0, entry.outputs().size());
        // With gradients in it, only what leads to the first output is on the way forward.
        this.forward =
                ancestors(differentiates(lowered, entry) ? outputs.subList(0, Math.min(1, outputs.size())) : outputs);
        for (Value value : graph.values()) {
            if (value.op() instanceof Parameter || value.operands().stream().anyMatch(varying::contains)) {
                varying.add(value);
            }
        }
    }

    /**
     * @throws UserException if a pattern names nothing
     */
    static List<Point> of(Program lowered, Program compiled, Entry entry, List<ProbePattern> patterns) {
        ProbePoints points = new ProbePoints(lowered, compiled, entry);
        Map<Key, Point> found = new LinkedHashMap<>();
        for (ProbePattern pattern : patterns) {
            if (!points.add(pattern, found)) {
                throw points.nothing(pattern);
            }
        }
        return List.copyOf(found.values());
    }

    private boolean add(ProbePattern pattern, Map<Key, Point> found) {
        boolean any = false;
        Map<String, Point> last = new LinkedHashMap<>();
        for (Value value : graph.values()) {
            if (value.type().shape().elements() == 0 || !varying.contains(value)) {
                continue;
            }
            if (value.op() instanceof Parameter parameter) {
                any |= addStored(pattern, value, parameter.index(), found);
                continue;
            }
            Part part = forward.contains(value) ? Part.FORWARD : Part.BACKWARD;
            for (Origin origin : graph.provenance().of(value)) {
                String under = under(pattern, origin.path());
                if (under.isEmpty()) {
                    continue;
                }
                any = true;
                String source = origin.span().substring(0, origin.span().lastIndexOf(':'));
                Point point = new Point(value, under, source, part);
                if (part == Part.FORWARD) {
                    last.put(under, point);
                }
                if (under.equals(origin.path()) && !moves(value)) {
                    found.put(new Key(under, source, part), point);
                }
            }
        }
        last.forEach((path, point) -> found.put(new Key(path, point.source(), point.part()), point));
        return any;
    }

    /** Movement alone gives no new numbers, unless it ends a path. */
    private static boolean moves(Value value) {
        return value.op() instanceof Broadcast || value.op() instanceof Reshape;
    }

    private boolean addStored(ProbePattern pattern, Value value, int index, Map<Key, Point> found) {
        if (index >= entry.reads().size() || !pattern.matches(entry.reads().get(index))) {
            return false;
        }
        String name = entry.reads().get(index);
        found.put(new Key(name, "", Part.STORED), new Point(value, name, "", Part.STORED));
        return true;
    }

    /** The shortest beginning of the path that the pattern matches; empty if there is none. */
    private static String under(ProbePattern pattern, String path) {
        for (int end = 0; end <= path.length(); end++) {
            boolean whole = end == path.length() || path.charAt(end) == '/' || path.charAt(end) == '.';
            if (whole && end > 0 && pattern.matches(path.substring(0, end))) {
                return path.substring(0, end);
            }
        }
        return "";
    }

    private UserException nothing(ProbePattern pattern) {
        Set<String> known = new TreeSet<>();
        for (Value value : graph.values()) {
            graph.provenance().of(value).forEach(origin -> known.add(general(origin.path())));
        }
        known.remove("");
        entry.reads().forEach(name -> known.add(general(name)));
        return new UserException("--probe %s: names nothing in entry %s; there are %s"
                .formatted(pattern.text(), entry.name(), String.join(", ", known)));
    }

    private static String general(String path) {
        return path.replace('/', '.').replaceAll("(?<=\\.)\\d+(?=\\.|$)", "*");
    }

    private static Set<Value> ancestors(List<Value> of) {
        Set<Value> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Value> open = new ArrayDeque<>(of);
        while (!open.isEmpty()) {
            Value next = open.pop();
            if (seen.add(next)) {
                open.addAll(next.operands());
            }
        }
        return seen;
    }

    private static boolean differentiates(Program lowered, Entry entry) {
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(entry.function()));
        while (!open.isEmpty()) {
            String name = open.pop();
            if (!seen.add(name)) {
                continue;
            }
            for (Value value : new ArrayList<>(lowered.function(name).values())) {
                if (value.op() instanceof Grad) {
                    return true;
                }
                if (value.op() instanceof Call call) {
                    open.add(call.function());
                }
            }
        }
        return false;
    }
}
