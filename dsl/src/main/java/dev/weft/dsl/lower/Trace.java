package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Span;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Origin;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Random;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One graph function in progress: its builder, what its storage holds by now, and where in the program it is. */
final class Trace {

    static final String SEED = "seed";
    static final String STEP = "step";

    private final GraphBuilder builder;
    private final String root;
    private final Map<Leaf, Value> contents = new LinkedHashMap<>();
    private final Map<Leaf, Value> written = new LinkedHashMap<>();
    private final Map<String, Value> ambient = new HashMap<>();
    private final List<Compiled.Need> needs = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final Map<Span, Map<String, Origin>> origins = new IdentityHashMap<>();
    private @Nullable TensorType initial;
    private String path = "";

    /** @param root path of the instance that the function belongs to; its storage goes by relative names */
    Trace(String name, String root) {
        this.builder = new GraphBuilder(name);
        this.root = root;
    }

    GraphBuilder builder() {
        return builder;
    }

    /** Values added from now on come from this place in the source. */
    void at(Span span) {
        builder.at(origins.computeIfAbsent(span, key -> new HashMap<>())
                .computeIfAbsent(path, key -> new Origin(span.toString(), path)));
    }

    Value add(Op op) {
        return builder.add(op);
    }

    /** What a stored tensor holds by now; it becomes a parameter when it is first read. */
    Value read(Leaf leaf, TensorType type) {
        Value value = contents.get(leaf);
        if (value == null) {
            boolean below = !root.isEmpty() && leaf.name().startsWith(root + ".");
            value = builder.parameter(below ? leaf.name().substring(root.length() + 1) : leaf.name(), type);
            contents.put(leaf, value);
            needs.add(new Compiled.Need.Stored(leaf, type));
        }
        return value;
    }

    void write(Leaf leaf, Value value) {
        contents.put(leaf, value);
        written.put(leaf, value);
    }

    /** The seed or the step of random numbers, a parameter when it is first needed. */
    Value ambient(String name) {
        Value value = ambient.get(name);
        if (value == null) {
            value = builder.parameter(name, TensorType.scalar(ElementType.I32));
            ambient.put(name, value);
            needs.add(new Compiled.Need.Ambient(name));
        }
        return value;
    }

    /** Makes a parameter that is there already the seed or the step. */
    void ambient(String name, Value value) {
        ambient.put(name, value);
    }

    /** Uniform numbers of a stream that nothing else draws from. */
    Value random(Shape shape) {
        return add(new Random(ambient(SEED), ambient(STEP), place("random"), shape));
    }

    /** Says that the initial value of a stored tensor is being computed, see {@link #initial()}. */
    void initial(TensorType type) {
        initial = type;
    }

    /** The type of the stored tensor whose initial value is being computed, which {@code normal} and {@code uniform} take. */
    @Nullable
    TensorType initial() {
        return initial;
    }

    List<Compiled.Need> needs() {
        return needs;
    }

    Map<Leaf, Value> written() {
        return written;
    }

    /**
     * A path within this function that no other call or random op has: {@code dropout}, then {@code dropout#2}. Inlining puts that of
     * the call before it, with a slash.
     */
    String place(String segment) {
        String wish = path.isEmpty() ? segment : segment.isEmpty() ? path : path + "/" + segment;
        int turn = places.merge(wish, 1, Integer::sum);
        return turn == 1 ? wish : wish + "#" + turn;
    }

    /** Goes into a function that is evaluated in place; the result is what to come back to with {@link #leave}. */
    String enter(String segment) {
        String outer = path;
        path = place(segment);
        return outer;
    }

    void leave(String outer) {
        path = outer;
    }

    static String join(String outer, String inner) {
        return outer.isEmpty() ? inner : inner.isEmpty() ? outer : outer + "." + inner;
    }
}
