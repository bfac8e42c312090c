package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Demands;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parameters of a kernel as its body needs them, in order of first use. Values that share memory are one parameter. */
final class Arguments {
    /** All tensors' shapes are told. */
    static final long ANY = -1;

    private final Map<Slot, String> names = new LinkedHashMap<>();
    private final Set<Slot> written = new HashSet<>();
    private final Map<Value, Value> sharing;
    private final Demands demands;
    private final long points;

    /** @param sharing for an output that takes over an input's memory, that input */
    Arguments(Map<Value, Value> sharing, Demands demands) {
        this(sharing, demands, ANY);
    }

    /** @param points so many elements' shapes are not told, so that tensors of any shape have one text; or {@link #ANY} */
    Arguments(Map<Value, Value> sharing, Demands demands, long points) {
        this.sharing = sharing;
        this.demands = demands;
        this.points = points;
    }

    Demands demands() {
        return demands;
    }

    String read(Value value) {
        return as(value, name(new Slot.Tensor(owner(value))), "const ");
    }

    String write(Value value) {
        return as(value, written(new Slot.Tensor(owner(value))), "");
    }

    /** The parameter as the value's address: what lies at the same place may have other elements. */
    private String as(Value value, String name, String constness) {
        String type = Elements.memory(value.type().element());
        return type.equals(Elements.memory(owner(value).type().element()))
                ? name
                : "((" + constness + type + "*) " + name + ")";
    }

    private Value owner(Value value) {
        return sharing.getOrDefault(value, value);
    }

    String number(long bits) {
        return name(new Slot.Number(bits));
    }

    /** A parameter that the kernel writes to. */
    String written(Slot slot) {
        written.add(slot);
        return name(slot);
    }

    String name(Slot slot) {
        return names.computeIfAbsent(slot, key -> "a" + names.size());
    }

    /** The kernel with what {@code writer} wrote as its body. */
    Kernel kernel(Writer writer, Grid grid) {
        return kernel(writer, grid, 1);
    }

    /** @param resident blocks for which a multiprocessor's registers must suffice at a time */
    Kernel kernel(Writer writer, Grid grid, int resident) {
        List<String> parameters = new ArrayList<>();
        names.forEach((slot, name) -> {
            boolean isNumber = slot instanceof Slot.Number;
            boolean only = !isNumber && !written.contains(slot);
            String type = isNumber ? "i64" : pointed(slot) + "* __restrict__";
            parameters.add((only ? "const " : "") + type + " " + name + comment(slot));
        });
        return new Kernel(writer.kernel(parameters, List.of(), grid.threads(), resident), slots(), grid);
    }

    /** What lies at the address that a slot is. */
    private static String pointed(Slot slot) {
        return switch (slot) {
            case Slot.Tensor tensor -> Elements.memory(tensor.value().type().element());
            case Slot.Partial partial -> Reducer.of(partial.reduction()).type();
            case Slot.Narrowed narrowed -> Elements.memory(narrowed.element());
            case Slot.Scratch scratch -> scratch.type();
            case Slot.Number _, Slot.Status _, Slot.Table _, Slot.Cuts _ -> "i64";
        };
    }

    List<Slot> slots() {
        return List.copyOf(names.keySet());
    }

    /** Statements that read the slots from a row of a table, called {@code part}, in which {@code first} words come before. */
    List<String> declarations(int first) {
        List<String> declarations = new ArrayList<>();
        names.forEach((slot, name) -> {
            String word = "part[" + (first + declarations.size()) + "]";
            String type = pointed(slot);
            declarations.add(
                    slot instanceof Slot.Number
                            ? "const i64 " + name + " = " + word + ";"
                            : "%s%s* __restrict__ %s = global<%s>(%s);"
                                    .formatted(written.contains(slot) ? "" : "const ", type, name, type, word));
        });
        return declarations;
    }

    private String comment(Slot slot) {
        return switch (slot) {
            case Slot.Tensor tensor -> " /* " + shape(tensor.value().type()) + " */";
            case Slot.Partial partial ->
                " /* running results of " + shape(partial.reduction().type()) + " */";
            case Slot.Narrowed narrowed -> " /* " + narrowed.vector().type() + " in " + narrowed.element() + " */";
            case Slot.Scratch scratch -> " /* " + scratch.name() + " */";
            case Slot.Number _, Slot.Status _, Slot.Table _, Slot.Cuts _ -> "";
        };
    }

    private String shape(TensorType type) {
        return type.shape().elements() == points ? type.element() + " of any shape" : type.toString();
    }
}
