package dev.weft.graph.pass.weights;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Gather;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Slice;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code dot(x, w) -> dot(x, cast(q) · scale)}: stores the matrices that products and lookups read in fewer bits. A param of two axes that
 * nothing else reads is replaced by a {@link HeldMatrix} in all entries; other params stay as they are, for a {@linkplain #reasons reason}.
 * The program must be flat, and none of its entries may change params.
 */
public final class Weights implements Pass {

    private final WeightType type;

    public Weights(WeightType type) {
        this.type = type;
    }

    @Override
    public String name() {
        return "weights";
    }

    @Override
    public String summary() {
        return type == WeightType.F32
                ? "weights are stored as the program says"
                : "matrices that are only multiplied and looked up are stored in " + type;
    }

    /** Why params of a flat program stay in f32, by path. */
    public SequencedMap<String, String> reasons(Program program) {
        return Collections.unmodifiableSequencedMap(new WeightUses(program, type).reasons());
    }

    /**
     * Entries that write params and read nothing stored, as those of initial values do, are left out.
     *
     * @throws UserException if another entry writes a param
     */
    @Override
    public Program apply(Program program) {
        if (type == WeightType.F32) {
            return program;
        }
        SequencedMap<String, HeldMatrix> held = new WeightUses(program, type).held();
        List<Entry> readers = readers(program);
        List<Stored> stored = new ArrayList<>();
        for (Stored each : program.stored()) {
            HeldMatrix matrix = held.get(each.name());
            if (matrix == null) {
                stored.add(each);
            } else {
                stored.add(matrix.matrix());
                matrix.scales().ifPresent(stored::add);
            }
        }
        Map<String, Graph> functions = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : readers) {
            String name =
                    functions.containsKey(entry.function()) ? entry.function() + "." + entry.name() : entry.function();
            Rewriting rewriting = new Rewriting(program.body(entry), entry, name, held);
            functions.put(name, rewriting.graph());
            entries.add(rewriting.entry());
        }
        return new Program(stored, functions.values(), entries);
    }

    /** The entries that write no param; those that only make initial values are left out. */
    private List<Entry> readers(Program program) {
        List<Entry> readers = new ArrayList<>();
        for (Entry entry : program.entries()) {
            Optional<String> written = entry.writes().stream()
                    .filter(name -> program.stored(name).role() == Stored.Role.PARAM)
                    .findFirst();
            if (written.isEmpty()) {
                readers.add(entry);
            } else if (!entry.reads().isEmpty()) {
                throw new UserException(
                        "weights %s: must only be read, but entry %s writes %s; training keeps weights in f32"
                                .formatted(type, entry.name(), written.get()));
            }
        }
        return readers;
    }

    /** One entry's graph on other parameters. */
    private static final class Rewriting {
        private final Graph source;
        private final GraphRebuilder to;
        private final Entry entry;
        private final Map<Value, HeldMatrix> matrices = new HashMap<>();
        /** By param, its numbers and its scales in the new graph. */
        private final Map<Value, Value> numbers = new HashMap<>();

        private final Map<Value, Value> scales = new HashMap<>();

        Rewriting(Graph source, Entry entry, String name, Map<String, HeldMatrix> held) {
            this.source = source;
            this.to = new GraphRebuilder(source, new GraphBuilder(name));
            this.entry = new Entry(
                    entry.name(), name, parameters(entry, held), entry.inputs(), entry.outputs(), entry.writes());
        }

        Entry entry() {
            return entry;
        }

        private List<String> parameters(Entry old, Map<String, HeldMatrix> held) {
            List<String> reads = new ArrayList<>();
            for (int i = 0; i < source.parameters().size(); i++) {
                Value parameter = source.parameters().get(i);
                String path = i < old.reads().size() ? old.reads().get(i) : "";
                HeldMatrix matrix = held.get(path);
                to.at(parameter);
                if (matrix == null) {
                    to.replace(parameter, to.builder().parameter(Graph.parameterName(parameter), parameter.type()));
                    if (i < old.reads().size()) {
                        reads.add(path);
                    }
                } else {
                    matrices.put(parameter, matrix);
                    numbers.put(parameter, stored(matrix.matrix(), reads));
                    matrix.scales().ifPresent(each -> scales.put(parameter, stored(each, reads)));
                }
            }
            return reads;
        }

        private Value stored(Stored stored, List<String> reads) {
            reads.add(stored.name());
            return to.builder().parameter(stored.name(), stored.type());
        }

        Graph graph() {
            for (Value old : source.values()) {
                to.at(old);
                switch (old.op()) {
                    case DotGeneral dot
                    when matrices.containsKey(dot.x()) || matrices.containsKey(dot.y()) ->
                        to.replace(old, to.builder().add(product(dot)));
                    case Gather gather when matrices.containsKey(gather.table()) -> to.replace(old, rows(gather));
                    default -> {
                        if (!matrices.containsKey(old)) {
                            to.take(old);
                        }
                    }
                }
            }
            return to.build();
        }

        private DotGeneral product(DotGeneral dot) {
            return new DotGeneral(
                    operand(dot.x()),
                    operand(dot.y()),
                    dot.xBatch(),
                    dot.yBatch(),
                    contracted(dot.x(), dot.xContract()),
                    contracted(dot.y(), dot.yContract()),
                    dot.element());
        }

        private List<Integer> contracted(Value old, List<Integer> axes) {
            return matrices.containsKey(old) ? List.of(1) : axes;
        }

        private Value operand(Value old) {
            return matrices.containsKey(old) ? restored(numbers.get(old), scales.get(old)) : to.get(old);
        }

        /** The rows of a table, restored after they were looked up. */
        private Value rows(Gather gather) {
            Value indices = to.get(gather.indices());
            Value rows = to.builder().add(new Gather(numbers.get(gather.table()), indices));
            Value scale = scales.get(gather.table());
            return restored(rows, scale == null ? null : to.builder().add(new Gather(scale, indices)));
        }

        /** {@code cast(q)}, {@code (…, k)}, times each group's scale, {@code (…, groups)}, if there are scales. */
        private Value restored(Value q, @Nullable Value scale) {
            GraphBuilder builder = to.builder();
            Value wide = builder.add(new Cast(q, ElementType.F32));
            return scale == null
                    ? wide
                    : builder.add(
                            new Mul(wide, repeated(builder, scale, q.type().shape())));
        }

        private static Value repeated(GraphBuilder builder, Value scale, Shape shape) {
            int last = shape.rank() - 1;
            long length = shape.size(last);
            long groups = scale.type().size(last);
            long width = groups == 1 ? length : Quantization.SIZE;
            List<Dim> dims = new ArrayList<>(scale.type().shape().dims());
            dims.add(Dim.of(width));
            List<Integer> axes = new ArrayList<>();
            for (int axis = 0; axis <= last; axis++) {
                axes.add(axis);
            }
            Value each = builder.add(new Broadcast(scale, new Shape(dims), axes));
            Value row = builder.add(new Reshape(each, shape.with(last, Dim.of(groups * width))));
            if (groups * width == length) {
                return row;
            }
            List<Long> starts = Collections.nCopies(last + 1, 0L);
            List<Long> limits = shape.dims().stream().map(Dim::size).toList();
            return builder.add(new Slice(row, starts, limits, Collections.nCopies(last + 1, 1L)));
        }
    }
}
