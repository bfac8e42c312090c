package dev.weft.dsl.lower;

import dev.weft.dsl.Module;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.graph.Graph;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the functions of one program share while they are lowered. One thread at a time. */
final class Session {

    private record Use(TensorType type, Span span) {}

    private final Map<Module, Unit> units = new IdentityHashMap<>();
    private final Map<Object, Integer> ids = new IdentityHashMap<>();
    private final Set<Object> active = new HashSet<>();
    private final Map<String, Leaf> leaves = new LinkedHashMap<>();
    private final Map<Leaf, Integer> numbers = new IdentityHashMap<>();
    private final Map<Leaf, Use> types = new IdentityHashMap<>();
    private final List<Graph> functions = new ArrayList<>();
    private final Set<String> functionNames = new HashSet<>();
    private final Map<Object, Compiled> compiled = new HashMap<>();

    Unit unit(Module module) {
        Unit unit = units.get(module);
        if (unit == null) {
            unit = new Unit(module, this);
            units.put(module, unit);
        }
        return unit;
    }

    /** A number for a part of the syntax tree, which is costly to hash and not equal to one elsewhere. */
    int id(Object node) {
        return ids.computeIfAbsent(node, key -> ids.size());
    }

    /** Notes that something is being evaluated, and refuses what needs itself. */
    void enter(Object key, Span span, String name) {
        if (!active.add(key)) {
            throw Refusal.at(span, "%s: must not need itself", name);
        }
    }

    void leave(Object key) {
        active.remove(key);
    }

    void add(Leaf leaf) {
        numbers.put(leaf, numbers.size());
        Leaf other = leaves.putIfAbsent(leaf.name(), leaf);
        if (other != null) {
            throw Refusal.at(
                    leaf.span(),
                    "storage %s: must have a path of its own, got the one of %s",
                    leaf.name(),
                    other.span());
        }
    }

    Map<String, Leaf> leaves() {
        return leaves;
    }

    /** The type of a stored tensor, whose sizes must not be those of a call. */
    TensorType type(Leaf leaf) {
        return type(leaf, null, leaf.span());
    }

    /** The type of a stored tensor that a function uses; the call sizes of a cache are those of that function. */
    TensorType type(Leaf leaf, @Nullable Scope user, Span span) {
        Leaf like = leaf.like();
        if (like != null) {
            return type(like, user, span);
        }
        Use known = types.get(leaf);
        if (known != null && leaf.kind() != StorageKind.CACHE) {
            return known.type();
        }
        Scope scope = Scope.of(leaf.owner().unit(), leaf.owner());
        if (user != null && leaf.kind() == StorageKind.CACHE) {
            scope.sizes().putAll(user.sizes());
        }
        Sizes sizes = new Sizes(Evaluator.constants(this, scope));
        if (known != null && !sizes.known(leaf.written())) {
            return known.type();
        }
        TensorType type = sizes.type(leaf.written(), leaf.kind() + " " + leaf.name());
        use(leaf, type, span);
        return type;
    }

    /** The type of a stored tensor that an entry uses. */
    TensorType stored(Leaf leaf) {
        Use known = types.get(leaf);
        return known == null ? type(leaf) : known.type();
    }

    /** Its place in the order of declaration. */
    int number(Leaf leaf) {
        return numbers.getOrDefault(leaf, 0);
    }

    /** Notes the type of a stored tensor where it is used; a cache must have the same one everywhere. */
    void use(Leaf leaf, TensorType type, Span span) {
        Use known = types.putIfAbsent(leaf, new Use(type, span));
        if (known != null && !known.type().equals(type)) {
            throw Refusal.at(
                    span,
                    "%s %s: must have one type in all entries, got %s here and %s at %s",
                    leaf.kind(),
                    leaf.name(),
                    type,
                    known.type(),
                    known.span());
        }
    }

    /** A name for a function: the wish, or the wish with a number. */
    String functionName(String wish) {
        String name = wish;
        for (int i = 2; !functionNames.add(name); i++) {
            name = wish + "." + i;
        }
        return name;
    }

    void add(Graph function) {
        functions.add(function);
    }

    List<Graph> functions() {
        return functions;
    }

    Map<Object, Compiled> compiled() {
        return compiled;
    }
}
