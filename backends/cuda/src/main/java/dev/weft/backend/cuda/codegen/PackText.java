package dev.weft.backend.cuda.codegen;

import dev.weft.graph.nest.Index;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Term;
import dev.weft.graph.type.ElementType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes what a thread does with a pack: reads it, computes each point, writes it. */
final class PackText {
    private final Writer writer;
    private final NodeText nodes;
    private final Arguments arguments;
    private final Packs packs;

    /** What is read in an earlier pass and stays in registers. */
    private final Map<Node, String> held = new LinkedHashMap<>();

    /**
     * Where the points of a pack are.
     *
     * @param inner the loop along which they are neighbours, whose counter at the first one is {@code firstInner}; null where the
     *     points are counted through all loops, by {@code first} alone
     * @param first counter of the pack's first point, which may be below 0
     * @param limit how many points there are, as an expression, where a pack may reach beyond the first or last; else null
     * @param bind binds the loops of a point whose counter has that name
     */
    record Place(
            Term.@Nullable Loop inner,
            String firstInner,
            String first,
            @Nullable String limit,
            Function<String, String> bind) {}

    /** Something done with the element of a root at a point, given its variable and the point's counter. */
    interface Each {
        void at(Root root, String element, String counter);
    }

    PackText(Writer writer, NodeText nodes, Arguments arguments, Packs packs) {
        this.writer = writer;
        this.nodes = nodes;
        this.arguments = arguments;
        this.packs = packs;
    }

    /** The number of the point in its pack, where {@link Each} is called. */
    String lane() {
        return packs.size() == 1 ? "0" : "lane";
    }

    String type(Node load) {
        return "Pack<" + Elements.memory(load.value().type().element()) + ", " + packs.size() + ">";
    }

    /** What is read here stays in registers, in a variable that exists already. */
    void hold(Node load, String variable, Place place) {
        if (held.putIfAbsent(load, variable) == null) {
            writer.line(variable + " = " + load(load, place) + ";");
        }
    }

    private String load(Node load, Place place) {
        return "load<" + packs.size() + ">(" + arguments.read(load.value()) + " + " + start(load.position(), place)
                + ")";
    }

    /** Where the elements of the pack begin, as an expression. */
    private String start(Index position, Place place) {
        String around = nodes.index(
                place.inner() == null
                        ? packs.beyond(position)
                        : position.plus(Index.of(place.inner()).times(-1)));
        return around.equals("0") ? place.firstInner() : around + " + " + place.firstInner();
    }

    /** Computes what these roots need and what differs in none of some loops, before these begin. */
    void before(List<Root> roots, List<Term.Loop> loops) {
        Packs.steady(roots, loops).forEach(nodes::emit);
    }

    /** Stores and reduces all points of a pack. Everything is read before anything is stored: an output may lie where an input was. */
    void points(List<Root> roots, Place place, Each reduce) {
        Map<Node, String> together = new LinkedHashMap<>();
        for (Node load : packs.loads(roots)) {
            String known = held.get(load);
            if (known == null) {
                known = writer.fresh("x");
                writer.line("const " + type(load) + " " + known + " = " + load(load, place) + ";");
            }
            together.put(load, known);
        }
        if (packs.size() > 1) {
            Packs.nodes(roots).stream().filter(node -> !packs.varies(node)).forEach(nodes::emit);
        }
        Map<Root, String> results = new LinkedHashMap<>();
        for (Root root : roots) {
            if (isStore(root) && packs.size() > 1 && packs.isTogether(root.target())) {
                String result = writer.fresh("y");
                ElementType element = root.value().type().element();
                writer.line("Pack<" + Elements.memory(element) + ", " + packs.size() + "> " + result + ";");
                results.put(root, result);
            }
        }
        each(roots, place, together, results, reduce);
        results.forEach((root, result) -> writer.line("store(%s + %s, %s%s);"
                .formatted(
                        arguments.write(root.value()),
                        start(root.target(), place),
                        result,
                        place.limit() == null ? "" : ", " + place.first() + ", " + place.limit())));
    }

    private void each(
            List<Root> roots, Place place, Map<Node, String> together, Map<Root, String> results, Each reduce) {
        boolean several = packs.size() > 1;
        if (several) {
            writer.line("#pragma unroll");
            writer.open("for (i32 lane = 0; lane < " + packs.size() + "; lane++)");
        }
        String counter = place.bind().apply(several ? "lane" : "0");
        if (several && place.limit() != null && needsLimit(roots, together, results)) {
            writer.line("if (%s < 0 || %s >= %s) continue;".formatted(counter, counter, place.limit()));
        }
        together.forEach((load, pack) -> {
            ElementType element = load.value().type().element();
            writer.remember(load, writer.let(Elements.register(element), Elements.load(element, pack + ".at", "lane")));
        });
        for (Root root : roots) {
            nodes.emit(root.source());
            if (isStore(root) && !results.containsKey(root)) {
                nodes.index(root.target());
            }
        }
        for (Root root : roots) {
            String element = nodes.emit(root.source());
            if (results.containsKey(root)) {
                writer.line(results.get(root) + ".at[lane] = " + stored(root, element) + ";");
            } else if (isStore(root)) {
                writer.line("%s[%s] = %s;"
                        .formatted(arguments.write(root.value()), nodes.index(root.target()), stored(root, element)));
            } else {
                reduce.at(root, element, counter);
            }
        }
        if (several) {
            writer.close();
        }
    }

    /** Whether points beyond the limit do harm. Where all is read and written together, they are computed of what lies there and dropped. */
    private boolean needsLimit(List<Root> roots, Map<Node, String> together, Map<Root, String> results) {
        return results.size() < roots.size()
                || Packs.nodes(roots).stream()
                        .anyMatch(node ->
                                node.kind() == Node.Kind.LOAD && packs.varies(node) && !together.containsKey(node));
    }

    private static boolean isStore(Root root) {
        return root.kind() == Root.Kind.STORE_POINT;
    }

    private static String stored(Root root, String element) {
        return Elements.stored(root.value().type().element(), element);
    }
}
