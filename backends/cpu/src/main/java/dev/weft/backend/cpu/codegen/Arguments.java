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
    /**
     * Of a function whose pointers are said to be distinct. What has more of them reads a number here and there, and LLVM takes a time that
     * grows with their square to pass them on.
     */
    private static final int MOST_PARAMETERS = 64;

    private static final String ENTRY = Kernel.NAME + "(ptr %args, ptr %scratch, i64 %unit0, i64 %unit1)";
    private static final String DISTINCT = " noalias nocapture ";
    private static final String PLAIN = " = { nounwind \"prefer-vector-width\"=\"512\" }\n";
    private static final String ALONE = " = { nounwind noinline \"prefer-vector-width\"=\"512\" }\n";

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
        if (names.size() > MOST_PARAMETERS) {
            return ir.module("define void " + ENTRY + " #0", unpacked(), "attributes #0" + PLAIN);
        }
        List<String> parameters = new ArrayList<>();
        List<String> values = new ArrayList<>();
        names.forEach((slot, name) -> {
            parameters.add(type(slot) + (isNumber(slot) ? " " : DISTINCT) + name);
            values.add(type(slot) + " " + name);
        });
        parameters.addAll(List.of("ptr" + DISTINCT + "%scratch", "i64 %unit0", "i64 %unit1"));
        values.addAll(List.of("ptr %scratch", "i64 %unit0", "i64 %unit1"));
        String entry = "define void " + ENTRY + " #0 {\n" + unpacked()
                + "  call void @body(" + String.join(", ", values) + ")\n  ret void\n}\n"
                + "attributes #0" + PLAIN + "attributes #1" + ALONE;
        return ir.module("define internal void @body(" + String.join(", ", parameters) + ") #1", "", entry);
    }

    /** Each argument out of the block of arguments. */
    private String unpacked() {
        StringBuilder unpack = new StringBuilder();
        int index = 0;
        for (Map.Entry<Slot, String> argument : names.entrySet()) {
            String at = "%at" + index;
            unpack.append("  " + at + " = getelementptr inbounds i64, ptr %args, i64 " + index + "\n");
            unpack.append("  " + argument.getValue() + " = load " + type(argument.getKey()) + ", ptr " + at + "\n");
            index++;
        }
        return unpack.toString();
    }

    private static String type(Slot slot) {
        return isNumber(slot) ? "i64" : "ptr";
    }
}
