package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.Demands;
import dev.weft.graph.op.Elementwise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a kernel as its body needs them, in order of first use. Values that share memory are one argument. */
final class Arguments {
    private final Map<Slot, String> names = new LinkedHashMap<>();
    private final Map<Value, Value> sharing;
    private final Demands demands;
    private final @Nullable PartialSums partial;

    /** @param sharing for an output that takes over an input's memory, that input */
    Arguments(Map<Value, Value> sharing, Demands demands) {
        this(sharing, demands, null);
    }

    /** @param partial what lies in memory in parts only */
    Arguments(Map<Value, Value> sharing, Demands demands, @Nullable PartialSums partial) {
        this.sharing = sharing;
        this.demands = demands;
        this.partial = partial;
    }

    /** How a value is read that lies in memory in parts; null for all others. */
    @Nullable
    PartialSums partial(Value value) {
        return partial != null && partial.value() == value ? partial : null;
    }

    Demands demands() {
        return demands;
    }

    String tensor(Value value) {
        return name(new Slot.Tensor(sharing.getOrDefault(value, value)));
    }

    String number(long bits) {
        return name(new Slot.Number(bits));
    }

    /** The address of a function that computes the op by its reference meaning, as a number. */
    String meaning(Elementwise op) {
        return name(new Slot.Meaning(op));
    }

    String name(Slot slot) {
        return names.computeIfAbsent(slot, key -> "%a" + names.size());
    }

    List<Slot> slots() {
        return List.copyOf(names.keySet());
    }

    private static boolean isNumber(Slot slot) {
        return switch (slot) {
            case Slot.Number _, Slot.Size _, Slot.Meaning _ -> true;
            case Slot.Tensor _, Slot.Partial _, Slot.Status _ -> false;
        };
    }

    /** The module: a body whose pointers are known to be distinct, and the entry that unpacks the block of arguments. */
    String module(IrBuilder ir) {
        List<String> parameters = new ArrayList<>();
        List<String> values = new ArrayList<>();
        StringBuilder unpack = new StringBuilder();
        int index = 0;
        for (Map.Entry<Slot, String> argument : names.entrySet()) {
            boolean number = isNumber(argument.getKey());
            String type = number ? "i64" : "ptr";
            String name = argument.getValue();
            parameters.add(type + (number ? " " : " noalias nocapture ") + name);
            values.add(type + " " + name);
            unpack.append("  %at")
                    .append(index)
                    .append(" = getelementptr inbounds i64, ptr %args, i64 ")
                    .append(index);
            unpack.append("\n  ")
                    .append(name)
                    .append(" = load ")
                    .append(type)
                    .append(", ptr %at")
                    .append(index);
            unpack.append('\n');
            index++;
        }
        for (String rest : List.of("ptr", "i64", "i64")) {
            String name = List.of("%scratch", "%unit0", "%unit1").get(parameters.size() - names.size());
            parameters.add(rest + (rest.equals("ptr") ? " noalias nocapture " : " ") + name);
            values.add(rest + " " + name);
        }
        String entry =
                "define void " + Kernel.NAME + "(ptr %args, ptr %scratch, i64 %unit0, i64 %unit1) #0 {\n" + unpack
                        + "  call void @body(" + String.join(", ", values) + ")\n  ret void\n}\n"
                        + "attributes #0 = { nounwind \"prefer-vector-width\"=\"512\" }\n"
                        + "attributes #1 = { nounwind noinline \"prefer-vector-width\"=\"512\" }\n";
        return ir.module("define internal void @body(" + String.join(", ", parameters) + ") #1", entry);
    }
}
