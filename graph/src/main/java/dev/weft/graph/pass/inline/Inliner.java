package dev.weft.graph.pass.inline;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Origin;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Call;
import dev.weft.graph.op.Grad;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.op.Random;
import dev.weft.graph.rewrite.GraphRebuilder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One graph being made flat. Calls in progress are on a stack of its own, so depth costs no Java stack. */
final class Inliner {

    /** Values of one flat function. Calls that double at each level reach any size with a few lines of text. */
    private static final int LIMIT = 4_000_000;

    /** What makes two calls one computation. */
    private record Key(String function, List<Value> arguments, String path) {}

    /** A function being copied to where it is called. */
    private static final class Frame {
        final Graph graph;
        final GraphRebuilder copy;
        final String path;
        final List<Origin> callSite;
        final @Nullable Key key;
        int next;

        @Nullable
        Call last;

        List<Value> lastResults = List.of();

        Frame(Graph graph, GraphRebuilder copy, String path, List<Origin> callSite, @Nullable Key key) {
            this.graph = graph;
            this.copy = copy;
            this.path = path;
            this.callSite = callSite;
            this.key = key;
        }
    }

    private final Function<String, Graph> functions;
    private final GraphRebuilder outermost;
    private final GraphBuilder builder;
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final Set<String> active = new HashSet<>();
    private final Map<Key, List<Value>> done = new HashMap<>();
    private int steps;

    Inliner(Graph graph, Function<String, Graph> functions) {
        this.functions = functions;
        this.outermost = new GraphRebuilder(graph);
        this.builder = outermost.builder();
        active.add(graph.name());
        frames.push(new Frame(graph, outermost, "", List.of(), null));
    }

    Graph run() {
        while (!frames.isEmpty()) {
            Frame frame = frames.peek();
            if (frame.next == frame.graph.values().size()) {
                frames.pop();
                active.remove(frame.graph.name());
                if (frame.key != null) {
                    done.put(frame.key, frame.copy.get(frame.graph.results()));
                }
            } else if (step(frame, frame.graph.values().get(frame.next))) {
                frame.next++;
            }
        }
        return outermost.build();
    }

    /** Takes over one value; false if a function must be copied first. */
    private boolean step(Frame frame, Value value) {
        if (frame.copy.has(value)) {
            return true;
        }
        if (++steps > LIMIT) {
            throw new UserException("function %s: must have at most %,d values once its calls are inlined"
                    .formatted(frames.peekLast().graph.name(), LIMIT));
        }
        List<Origin> origins = inside(frame.path, frame.copy.origins(value));
        origins = origins.isEmpty() ? frame.callSite : origins;
        if (value.op() instanceof Call call) {
            if (frame.last != null && isSame(frame.last, call)) {
                frame.copy.replace(value, result(call, frame.lastResults));
                return true;
            }
            String path = Call.nest(frame.path, call.path());
            Key key = new Key(call.function(), frame.copy.get(call.arguments()), path);
            List<Value> results = done.get(key);
            if (results == null) {
                enter(key, origins);
                return false;
            }
            frame.copy.replace(value, result(call, results));
            frame.last = call;
            frame.lastResults = results;
        } else {
            builder.at(origins);
            frame.copy.replace(value, builder.add(moved(frame.copy.op(value), frame.path)));
        }
        return true;
    }

    /** Whether two calls differ in which result they take only: a gradient has one for each parameter, with all of them. */
    private static boolean isSame(Call one, Call other) {
        return one.function().equals(other.function())
                && one.path().equals(other.path())
                && one.arguments().equals(other.arguments());
    }

    private void enter(Key key, List<Origin> origins) {
        Graph callee = functions.apply(key.function());
        if (!active.add(callee.name())) {
            throw new UserException(
                    "function %s: must not call itself, got %s".formatted(callee.name(), chain(callee.name())));
        }
        GraphRebuilder copy = new GraphRebuilder(callee, builder);
        List<Value> parameters = callee.parameters();
        if (parameters.size() != key.arguments().size()) {
            throw new UserException("call of %s: must have %d arguments, got %d%s"
                    .formatted(callee.name(), parameters.size(), key.arguments().size(), place(origins)));
        }
        for (int i = 0; i < parameters.size(); i++) {
            Value argument = key.arguments().get(i);
            if (!argument.type().equals(parameters.get(i).type())) {
                throw new UserException("call of %s: argument %s must be %s, got %s%s"
                        .formatted(
                                callee.name(),
                                Graph.parameterName(parameters.get(i)),
                                parameters.get(i).type(),
                                argument.type(),
                                place(origins)));
            }
            copy.replace(parameters.get(i), argument);
        }
        frames.push(new Frame(callee, copy, key.path(), origins, key));
    }

    private static Value result(Call call, List<Value> results) {
        if (call.result() < 0 || call.result() >= results.size()) {
            throw new UserException("call of %s: result must be in 0..%d, got %d"
                    .formatted(call.function(), results.size() - 1, call.result()));
        }
        return results.get(call.result());
    }

    private static List<Origin> inside(String path, List<Origin> origins) {
        if (path.isEmpty()) {
            return origins;
        }
        return origins.stream()
                .map(origin -> new Origin(origin.span(), Call.nest(path, origin.path())))
                .toList();
    }

    /** The op as it stands inside a call with this path. */
    private static Op moved(Op op, String path) {
        return switch (op) {
            case Random random -> random.inside(path);
            case Grad grad ->
                new Grad(
                        grad.function(),
                        grad.arguments(),
                        grad.wrt(),
                        grad.result(),
                        Call.nest(path, grad.path()),
                        grad.type());
            case Call _, Primitive _ -> op;
        };
    }

    private String chain(String last) {
        List<String> names = frames.stream()
                .map(frame -> frame.graph.name())
                .collect(Collectors.toList())
                .reversed();
        return names.stream().dropWhile(name -> !name.equals(last)).collect(Collectors.joining(" -> ")) + " -> " + last;
    }

    private static String place(List<Origin> origins) {
        return origins.isEmpty() ? "" : " (" + origins.getFirst() + ")";
    }
}
