package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.codegen.PackText.Place;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Space;
import dev.weft.graph.nest.TableLoops;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rows added into a table at places that are data, always in the same order and without atomic operations. The rows are sorted by their
 * places first ({@link PlaceSort}), so that rows of one place are neighbours. A block adds up some neighbours;
 * what lies in one block altogether goes into the table, the rest is joined by another kernel.
 */
final class ScatterKernels {
    /** Fewer rows are added one after the other by a thread for each column. */
    private static final int FEW = 64;

    private static final int SERIAL_THREADS = 128;
    private static final int RUN = 32;
    private static final int MOST_THREADS = 256;

    private final Value value;
    private final TableLoops.Scatter loops;
    private final Map<Value, Value> sharing;
    private final long rows;
    private final long width;
    private final PlaceSort sort;

    private ScatterKernels(Value value, ScatterAdd op, List<Value> values, Map<Value, Value> sharing) {
        this.value = value;
        this.loops = TableLoops.Scatter.of(op, values);
        this.sharing = sharing;
        this.rows = loops.space().rows();
        this.width = loops.space().width();
        this.sort = new PlaceSort(value, loops, sharing);
    }

    /** Adds into what lies at the result's place already. */
    static List<Kernel> of(Value value, ScatterAdd op, List<Value> values, Map<Value, Value> sharing) {
        ScatterKernels scatter = new ScatterKernels(value, op, values, sharing);
        if (scatter.rows * scatter.width == 0) {
            return List.of();
        }
        return scatter.rows <= FEW ? List.of(scatter.serial()) : scatter.sorted();
    }

    private Kernel serial() {
        Arguments arguments = new Arguments(sharing, loops.demands());
        Writer writer = new Writer();
        NodeText nodes = new NodeText(writer, arguments);
        ElementType element = value.type().element();
        String out = arguments.write(value);
        writer.line("// adds " + rows + " rows into " + value.type());
        writer.line("const i64 column = block() * " + SERIAL_THREADS + " + thread();");
        writer.line("if (column >= " + width + ") return;");
        writer.remember(loops.space().inner().getFirst(), "column");
        writer.line("#pragma unroll 4");
        writer.open("for (i64 row = 0; row < " + rows + "; row++)");
        writer.remember(loops.space().outer().getFirst(), "row");
        String at = writer.let("i64", sort.place(nodes) + " * " + width + " + column");
        String before = writer.let(Elements.register(element), Elements.load(element, out, at));
        String sum = Elements.rounded(element, before + " + " + nodes.emit(loops.update()));
        writer.line(out + "[" + at + "] = " + Elements.stored(element, sum) + ";");
        writer.close();
        return arguments.kernel(writer, new Grid(Math.ceilDiv(width, SERIAL_THREADS), SERIAL_THREADS));
    }

    private List<Kernel> sorted() {
        List<Kernel> kernels = new ArrayList<>(sort.kernels());
        kernels.add(add());
        kernels.add(join());
        return kernels;
    }

    /** What the kernels that add have in common: threads take packs of columns, blocks take tiles of them for a run of rows. */
    private final class Adding {
        final Arguments arguments = new Arguments(sharing, loops.demands());
        final Writer writer = new Writer();
        final NodeText nodes = new NodeText(writer, arguments);
        final Space space = loops.space();
        final List<Root> roots = List.of(new Root(Root.Kind.REDUCE_COLUMN, value, loops.update(), space.column(), 0));
        final Packs packs = Packs.of(roots, space.inner(), space.point(), size -> width % size == 0);
        final int size = packs.size();
        final String register = Elements.register(value.type().element());
        final long runs = Math.ceilDiv(rows, RUN);
        final int threads = Math.toIntExact(Math.min(MOST_THREADS, Math.ceilDiv(width / size, Grid.WARP) * Grid.WARP));
        final long tiles = Math.ceilDiv(width, (long) threads * size);
        final String places;

        Adding(String what) {
            writer.line("// adds " + rows + " sorted rows into " + value.type() + ": " + what);
            places = arguments.name(sort.places());
            writer.line("const i64 run = block() / " + tiles + ";");
            writer.line(
                    "const i64 first = (i64) (block() %% %d * %d + thread()) * %d;".formatted(tiles, threads, size));
            writer.line("if (first >= " + width + ") return;");
            writer.line("const i64 begin = run * " + RUN + ";");
            writer.line("const i64 end = smaller<i64>(begin + " + RUN + ", " + rows + ");");
        }

        String sums(String name) {
            Slot slot = new Slot.Scratch(value, name, register, runs * width * running());
            return arguments.written(slot);
        }

        private int running() {
            return switch (value.type().element()) {
                case F64, I64 -> Double.BYTES;
                case F32, BF16, F16, I32 -> Float.BYTES;
                case I8, U8, BOOL -> Byte.BYTES;
            };
        }

        /** Adds {@code sum} to the row of the table at {@code place}. */
        void addToTable() {
            ElementType element = value.type().element();
            String out = arguments.write(value) + " + place * " + width + " + first";
            writer.line("Pack<" + Elements.memory(element) + ", " + size + "> into = load<" + size + ">(" + out + ");");
            writer.line("#pragma unroll");
            writer.open("for (i32 lane = 0; lane < " + size + "; lane++)");
            String sum = writer.let(
                    register, Elements.rounded(element, Elements.load(element, "into.at", "lane") + " + sum.at[lane]"));
            writer.line("into.at[lane] = " + Elements.stored(element, sum) + ";");
            writer.close();
            writer.line("store(" + out + ", into);");
        }

        Kernel kernel() {
            return arguments.kernel(writer, new Grid(runs * tiles, threads));
        }
    }

    /** Adds neighbours up. What begins before the run is a head, what goes on behind it a tail; everything else is complete. */
    private Kernel add() {
        Adding adding = new Adding("neighbours of one place");
        Writer writer = adding.writer;
        String places = adding.places;
        writer.line("i64 place = " + places + "[begin];");
        writer.line("bool begins = begin == 0 || " + places + "[begin - 1] != place;");
        writer.line("Pack<" + adding.register + ", " + adding.size + "> sum;");
        writer.line("fill(sum, (" + adding.register + ") 0);");
        writer.open("for (i64 k = begin; k < end; k++)");
        writer.line("const i64 row = " + adding.arguments.name(sort.rows()) + "[k];");
        writer.remember(loops.space().outer().getFirst(), "row");
        PackText text = new PackText(writer, adding.nodes, adding.arguments, adding.packs);
        Place place = new Place(loops.space().inner().getFirst(), "first", "first", null, lane -> {
            String column = adding.size == 1 ? "first" : writer.let("i64", "first + " + lane);
            writer.remember(loops.space().inner().getFirst(), column);
            return column;
        });
        text.points(
                adding.roots, place, (_, element, _) -> writer.line("sum.at[" + text.lane() + "] += " + element + ";"));
        writer.line("const i64 next = k + 1 < " + rows + " ? " + places + "[k + 1] : -1;");
        writer.line("if (next == place && k + 1 < end) continue;");
        writer.open("if (begins && next != place)");
        adding.addToTable();
        writer.close();
        writer.line("else store((begins ? %s : %s) + run * %d + first, sum);"
                .formatted(adding.sums("tails"), adding.sums("heads"), width));
        writer.line("place = next;");
        writer.line("begins = true;");
        writer.line("fill(sum, (" + adding.register + ") 0);");
        writer.close();
        return adding.kernel();
    }

    /** For each run with a tail, the sum of that and of the heads that belong to it. */
    private Kernel join() {
        Adding adding = new Adding("what several runs have of one place");
        Writer writer = adding.writer;
        String places = adding.places;
        writer.line("const i64 place = " + places + "[end - 1];");
        writer.line("if (end == " + rows + " || " + places + "[end] != place) return;");
        writer.line("if (begin > 0 && " + places + "[begin] == place && " + places + "[begin - 1] == place) return;");
        writer.line("Pack<%s, %d> sum = load<%d>(%s + run * %d + first);"
                .formatted(adding.register, adding.size, adding.size, adding.sums("tails"), width));
        writer.line("#pragma unroll 4");
        writer.open("for (i64 k = run + 1; k < %d && %s[k * %d] == place; k++)".formatted(adding.runs, places, RUN));
        writer.line("const Pack<%s, %d> head = load<%d>(%s + k * %d + first);"
                .formatted(adding.register, adding.size, adding.size, adding.sums("heads"), width));
        writer.line("#pragma unroll");
        writer.line("for (i32 lane = 0; lane < " + adding.size + "; lane++) sum.at[lane] += head.at[lane];");
        writer.close();
        adding.addToTable();
        return adding.kernel();
    }
}
