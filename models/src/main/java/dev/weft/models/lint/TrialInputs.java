package dev.weft.models.lint;

import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Arguments of an entry to try: random, the same in every run but for the tokens from some position on. */
final class TrialInputs {

    private static final int SEED = 1;
    private static final long VOCABULARY = 2;

    private final Program flat;
    private final Entry entry;
    private final long vocabulary;
    private final Map<String, Tensor> stored = new HashMap<>();

    TrialInputs(Program flat, Entry entry, dev.weft.models.Program program) {
        this.flat = flat;
        this.entry = entry;
        this.vocabulary = program.boundConstants().get("vocab") instanceof Long size ? size : VOCABULARY;
        flat.stored().forEach(each -> stored.put(each.name(), Tensor.zeros(each.type())));
        TensorType scalar = TensorType.scalar(ElementType.I32);
        new Interpreter(flat, Interpreter.Mode.EXACT).run("init", stored, Map.of("seed", Tensor.of(scalar, SEED)));
        SplittableRandom random = new SplittableRandom(SEED);
        for (Stored each : flat.stored()) {
            // A parameter that starts as zeros would hide what passes through it.
            if (each.role() == Stored.Role.PARAM) {
                Tensor tensor = stored.get(each.name());
                for (int i = 0; i < tensor.size(); i++) {
                    tensor.set(i, random.nextDouble() - 0.5);
                }
            }
        }
    }

    /** The arguments; {@code changed} ones have other tokens from that position on, the weights there are zero in both. */
    List<Tensor> arguments(int from, boolean changed) {
        List<Tensor> arguments = new ArrayList<>();
        entry.reads().forEach(name -> arguments.add(stored.get(name)));
        List<Value> parameters = flat.body(entry).parameters();
        for (int i = 0; i < entry.inputs().size(); i++) {
            String name = entry.inputs().get(i);
            Tensor tensor =
                    Tensor.zeros(parameters.get(entry.reads().size() + i).type());
            SplittableRandom random = new SplittableRandom(SEED + i);
            for (int at = 0; at < tensor.size(); at++) {
                boolean later = at % Trial.POSITIONS >= from;
                tensor.set(at, element(name, tensor.type(), later, changed, random));
            }
            arguments.add(tensor);
        }
        return arguments;
    }

    private double element(String name, TensorType type, boolean later, boolean changed, SplittableRandom random) {
        if (type.rank() == 0) {
            return 0;
        }
        if (type.element().isFloat()) {
            return name.equals("weight") && later ? 0 : random.nextDouble();
        }
        long token = random.nextLong(vocabulary);
        return name.equals(Trial.TOKENS) && later && changed ? (token + 1) % vocabulary : token;
    }
}
