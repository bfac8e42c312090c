package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.codegen.PackText.Place;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Term;
import dev.weft.graph.schedule.Region;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One kernel for all parts of a map that does one thing to many tensors, as an optimizer does. A table in device memory has a row for
 * each part: how many points it has, then its addresses. Another one says for each block which part it works on and where it begins, so
 * that sizes of parts are no part of the text.
 */
public final class PartKernels {
    private static final int THREADS = 256;

    /** Points of a block: enough that looking up its part costs little. */
    private static final long POINTS = 16_384;

    private PartKernels() {}

    /**
     * @param parts flat maps of one text
     * @param sharing for an output that takes over an input's memory, that input
     */
    public static List<Kernel> of(List<Region> parts, Map<Value, Value> sharing) {
        Map<String, List<Part>> byText = new LinkedHashMap<>();
        List<Kernel> kernels = new ArrayList<>();
        for (Region region : parts) {
            Nest nest = Nest.of(1, region.space().elements(), region.values(), region.outputs());
            if (isFlat(nest)) {
                Part part = new Part(nest, sharing);
                byText.computeIfAbsent(part.text, _ -> new ArrayList<>()).add(part);
            } else {
                kernels.addAll(MapKernels.of(nest, sharing));
            }
        }
        byText.values().forEach(same -> kernels.addAll(together(same)));
        return kernels;
    }

    private static boolean isFlat(Nest nest) {
        return nest.space().inner().size() == 1
                && nest.space().rows() == 1
                && nest.roots().stream()
                        .allMatch(
                                root -> root.kind() == Root.Kind.STORE_POINT || root.kind() == Root.Kind.REDUCE_POINTS);
    }

    /** Parts of one text. */
    private static List<Kernel> together(List<Part> parts) {
        Part any = parts.getFirst();
        List<List<Slot>> rows = parts.stream().map(Part::row).toList();
        Slot.Cuts blocks = new Slot.Cuts(parts.stream().map(part -> part.points).toList(), POINTS);
        List<Slot> slots = new ArrayList<>(List.of(new Slot.Table(rows), blocks));
        List<Kernel> kernels = new ArrayList<>();
        for (int i = 0; i < any.reductions.size(); i++) {
            Reducer reducer = Reducer.of(any.reductions.get(i));
            Slot running = new Slot.Partial(reducer.reduction(), (long) blocks.blocks() * reducer.bytes());
            slots.add(running);
            kernels.add(join(reducer, running, results(parts, i, blocks)));
        }
        kernels.addFirst(new Kernel(any.text, slots, new Grid(blocks.blocks(), THREADS)));
        return kernels;
    }

    /** For each part the number of its first block, how many it has, and where the result belongs. */
    private static List<List<Slot>> results(List<Part> parts, int reduction, Slot.Cuts blocks) {
        List<List<Slot>> rows = new ArrayList<>();
        long first = 0;
        for (Part part : parts) {
            long count = blocks.blocks(part.points);
            Slot result = new Slot.Tensor(part.reductions.get(reduction));
            rows.add(List.of(new Slot.Number(first), new Slot.Number(count), result));
            first += count;
        }
        return rows;
    }

    /** A block joins the running results of a part, always in the same order. */
    private static Kernel join(Reducer reducer, Slot running, List<List<Slot>> rows) {
        Writer writer = new Writer();
        writer.line("// joins the running results of each part");
        Reducer.beginExchange(writer);
        writer.line("const i64* row = rows + block() * 3;");
        writer.line(reducer.type() + " r = " + reducer.start() + ";");
        writer.line("for (i64 k = thread(); k < row[1]; k += threads()) r.join(running[row[0] + k]);");
        writer.line("r = of_block(r, exchange, turn);");
        var element = reducer.reduction().type().element();
        String result = "global<" + Elements.memory(element) + ">(row[2])";
        writer.line("if (thread() == 0) " + result + "[0] = " + Elements.stored(element, reducer.result("r")) + ";");
        List<String> parameters =
                List.of("const i64* __restrict__ rows", "const " + reducer.type() + "* __restrict__ running");
        return new Kernel(
                writer.kernel(parameters, THREADS),
                List.of(new Slot.Table(rows), running),
                new Grid(rows.size(), THREADS));
    }

    /** What is done for each part, in words that leave out what parts differ in. */
    private static final class Part {
        final long points;
        final String text;
        final List<Value> reductions;
        private final Arguments arguments;
        private final Writer writer = new Writer();

        Part(Nest nest, Map<Value, Value> sharing) {
            points = nest.space().width();
            arguments = new Arguments(sharing, nest.demands());
            reductions = nest.roots().stream()
                    .filter(root -> root.kind() == Root.Kind.REDUCE_POINTS)
                    .map(Root::value)
                    .toList();
            write(nest);
            text = writer.kernel(parameters(), lookUp(), THREADS, 1);
        }

        /** The part's row of the table. */
        List<Slot> row() {
            List<Slot> row = new ArrayList<>(List.of(new Slot.Number(points)));
            row.addAll(arguments.slots());
            return row;
        }

        private List<String> parameters() {
            List<String> parameters = new ArrayList<>(
                    List.of("const i64* __restrict__ parts", "const i64* __restrict__ parts_of_blocks"));
            for (int i = 0; i < reductions.size(); i++) {
                parameters.add(Reducer.of(reductions.get(i)).type() + "* __restrict__ running" + i);
            }
            return parameters;
        }

        /** Finds the block's part, and reads its row. */
        private List<String> lookUp() {
            List<String> declarations = arguments.declarations(1);
            List<String> lines = new ArrayList<>();
            lines.add("const i64* part = parts + parts_of_blocks[2 * block()] * " + (declarations.size() + 1) + ";");
            lines.add("const i64 from = parts_of_blocks[2 * block() + 1];");
            lines.add("const i64 count = part[0];");
            lines.addAll(declarations);
            return lines;
        }

        private void write(Nest nest) {
            Term.Loop inner = nest.space().inner().getFirst();
            Packs packs = Packs.of(nest.roots(), List.of(inner), nest.space().point(), _ -> true);
            int size = packs.size();
            if (!reductions.isEmpty()) {
                Reducer.beginExchange(writer);
            }
            for (int i = 0; i < reductions.size(); i++) {
                Reducer reducer = Reducer.of(reductions.get(i));
                writer.line(reducer.type() + " r" + i + "_of_block = " + reducer.start() + ";");
            }
            PackText text = new PackText(writer, new NodeText(writer, arguments), arguments, packs);
            text.before(nest.roots(), List.of(inner));
            writer.line("const i64 to = smaller<i64>(from + " + POINTS + ", count);");
            writer.open(
                    "for (i64 first = from + thread() * %d; first < to; first += %d)".formatted(size, THREADS * size));
            Place place = new Place(inner, "first", "first", size == 1 ? null : "count", lane -> {
                String at = size == 1 ? "first" : writer.let("i64", "first + " + lane);
                writer.remember(inner, at);
                return at;
            });
            text.points(
                    nest.roots(),
                    place,
                    (root, element, at) -> writer.line(
                            "r" + reductions.indexOf(root.value()) + "_of_block.add(" + element + ", " + at + ");"));
            writer.close();
            IntStream.range(0, reductions.size()).forEach(this::finish);
        }

        private void finish(int reduction) {
            String name = "r" + reduction + "_of_block";
            writer.line(name + " = of_block(" + name + ", exchange, turn);");
            writer.line("if (thread() == 0) running" + reduction + "[block()] = " + name + ";");
        }
    }
}
