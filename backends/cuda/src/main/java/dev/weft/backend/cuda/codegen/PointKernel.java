package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.codegen.PackText.Place;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Index;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Space;
import dev.weft.graph.nest.Term;
import dev.weft.graph.op.Random;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kernel of a nest that only stores points: one thread for each pack of them. A pack lies along the innermost loop where that is
 * a multiple of it; otherwise points are counted through all loops, and the last pack may be cut. Where there is only one loop, how many
 * points there are is a parameter: tensors of any size share the kernel.
 */
final class PointKernel {
    private static final int THREADS = 256;

    private final Nest nest;
    private final long count;
    private final List<Term.Loop> loops = new ArrayList<>();
    private final Writer writer = new Writer();
    private final Arguments arguments;
    private final NodeText nodes;

    private PointKernel(Nest nest, long count, Map<Value, Value> sharing) {
        this.nest = nest;
        this.count = count;
        loops.addAll(nest.space().outer());
        loops.addAll(nest.space().inner());
        loops.removeIf(loop -> loop.size() == 1);
        this.arguments = new Arguments(sharing, nest.demands(), isFlat() ? count : Arguments.ANY);
        this.nodes = new NodeText(writer, arguments);
    }

    static Kernel of(Nest nest, long count, Map<Value, Value> sharing) {
        PointKernel kernel = new PointKernel(nest, count, sharing);
        List<Root> roots = nest.roots();
        if (kernel.loops.isEmpty() || isDrawn(roots)) {
            return kernel.write(Packs.of(roots, List.of(), Index.ZERO, _ -> false), null);
        }
        Term.Loop inner = kernel.loops.getLast();
        Index point = Space.linear(kernel.loops);
        boolean single = kernel.loops.size() == 1;
        Packs along = Packs.of(roots, List.of(inner), point, size -> single || inner.size() % size == 0);
        Packs across = Packs.of(roots, kernel.loops, point, _ -> !single);
        return across.size() > along.size() ? kernel.write(across, null) : kernel.write(along, inner);
    }

    /**
     * Whether points are drawn from nothing, as initial weights are: each takes hundreds of instructions, beside which it does not matter
     * how it is stored, and which the compiler would have to make and order for every point of a pack.
     */
    private static boolean isDrawn(List<Root> roots) {
        boolean draws = false;
        for (Node node : Packs.nodes(roots)) {
            if (node.kind() == Node.Kind.LOAD && node.value().type().shape().elements() > 1) {
                return false;
            }
            draws |= node.kind() == Node.Kind.COMPUTE && node.value().op() instanceof Random;
        }
        return draws;
    }

    /** Whether there is nothing in the text that depends on how many points there are. */
    private boolean isFlat() {
        return loops.size() == 1;
    }

    /** A number that follows from how many points there are. */
    private String number(long number) {
        return isFlat() ? arguments.number(number) : Long.toString(number);
    }

    private Kernel write(Packs packs, Term.@Nullable Loop inner) {
        int size = packs.size();
        long number = Math.ceilDiv(count, size);
        writer.line("// " + (isFlat() ? "all" : count) + " points" + (size > 1 ? ", " + size + " a thread" : ""));
        writer.line("const i64 pack = block() * " + THREADS + " + thread();");
        writer.line("if (pack >= " + number(number) + ") return;");
        Place place = size > 1 && inner != null ? along(inner, size) : across(size);
        new PackText(writer, nodes, arguments, packs).points(nest.roots(), place, (root, _, _) -> {
            throw new DefectException("kernel: " + root.value() + " is a reduction and must not be among points");
        });
        return arguments.kernel(writer, new Grid(Math.ceilDiv(number, THREADS), THREADS));
    }

    /** Points along the innermost loop; the others are bound once. */
    private Place along(Term.Loop inner, int size) {
        List<Term.Loop> outer = loops.subList(0, loops.size() - 1);
        String first;
        if (outer.isEmpty()) {
            first = writer.let("i64", "pack * " + size);
        } else {
            String rest = writer.let("i64", "(i64) ((u64) pack / " + inner.size() / size + ")");
            first = writer.let("i64", "(pack - " + rest + " * " + inner.size() / size + ") * " + size);
            writer.bind(outer, rest);
        }
        String limit = count % size == 0 ? null : number(count);
        return new Place(inner, first, first, limit, lane -> {
            String at = writer.let("i64", first + " + " + lane);
            writer.remember(inner, at);
            return at;
        });
    }

    /** Points in the order of all loops, each with counters of its own. */
    private Place across(int size) {
        String first = size == 1 ? "pack" : writer.let("i64", "pack * " + size);
        String limit = count % size == 0 ? null : number(count);
        return new Place(null, first, first, limit, lane -> {
            String at = size == 1 ? first : writer.let("i64", first + " + " + lane);
            if (!loops.isEmpty()) {
                writer.bind(loops, at);
            }
            return at;
        });
    }
}
