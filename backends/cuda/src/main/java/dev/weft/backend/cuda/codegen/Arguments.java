package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Demands;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parameters of a kernel as its body needs them, in order of first use. Values that share memory are one parameter. */
final class Arguments {
    private final Map<Slot, String> names = new LinkedHashMap<>();
    private final Set<Slot> written = new HashSet<>();
    private final Map<Value, Value> sharing;
    private final Demands demands;

    /** @param sharing for an output that takes over an input's memory, that input */
    Arguments(Map<Value, Value> sharing, Demands demands) {
        this.sharing = sharing;
        this.demands = demands;
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
        List<String> parameters = new ArrayList<>();
        names.forEach((slot, name) -> {
            String type =
                    switch (slot) {
                        case Slot.Tensor tensor ->
                            Elements.memory(tensor.value().type().element()) + "* __restrict__";
                        case Slot.Partial partial ->
                            Reducer.of(partial.reduction()).type() + "* __restrict__";
                        case Slot.Number _ -> "i64";
                        case Slot.Status _ -> "i64* __restrict__";
                    };
            boolean only = !(slot instanceof Slot.Number) && !written.contains(slot);
            parameters.add((only ? "const " : "") + type + " " + name + comment(slot));
        });
        return new Kernel(writer.kernel(parameters, grid.threads()), List.copyOf(names.keySet()), grid);
    }

    private static String comment(Slot slot) {
        return switch (slot) {
            case Slot.Tensor tensor -> " /* " + tensor.value().type() + " */";
            case Slot.Partial partial ->
                " /* running results of " + partial.reduction().type() + " */";
            case Slot.Number _, Slot.Status _ -> "";
        };
    }
}
