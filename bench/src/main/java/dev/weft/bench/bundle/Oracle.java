package dev.weft.bench.bundle;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.MachineException;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.WeftOptions;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A small GPT on a backend, beside the same on the reference backend: logits, the losses of some training steps with dropout under a falling
 * rate, and all parameters behind them. Or twice on the backend, which must give the same bytes. A process of its own: its last line says
 * what came out, its exit code is 1 if that is wrong, 3 if the machine cannot do it.
 */
public final class Oracle {

    private static final int STEPS = 3;
    private static final long BATCH = 3;
    private static final long LENGTH = 33;
    private static final int VOCABULARY = 131;
    private static final int SEED = 7;
    private static final String LOGITS = "logits";
    private static final Map<String, String> SIZES =
            Map.of("layers", "2", "heads", "4", "width", "64", "context", "40", "vocab", "" + VOCABULARY);

    /** Largest difference over the largest element of a tensor: sums in another order; operands of 8 bits. */
    private static final double F32 = 2e-4;

    private static final double BF16 = 3e-2;

    private Oracle() {}

    /** @param arguments a backend, and {@code f32}, {@code bf16} or {@code same} */
    public static void main(String[] arguments) {
        System.exit(run(arguments[0], arguments[1]));
    }

    private static int run(String backend, String what) {
        try {
            Verdict verdict = verdict(backend, what);
            System.out.println(verdict.sentence());
            return verdict.right() ? 0 : 1;
        } catch (MachineException lack) {
            System.err.println(lack.getMessage());
            return BundleRun.MACHINE;
        }
    }

    /** What came out. */
    record Verdict(boolean right, String sentence) {}

    /** @param what {@code f32}, {@code bf16} or {@code same} */
    static Verdict verdict(String backend, String what) {
        if (what.equals("same")) {
            return same(trained(backend, ElementType.BF16), trained(backend, ElementType.BF16));
        }
        ElementType precision = what.equals("bf16") ? ElementType.BF16 : ElementType.F32;
        return near(
                trained(backend, precision),
                trained("reference", precision),
                precision == ElementType.BF16 ? BF16 : F32);
    }

    static Verdict near(Map<String, float[]> got, Map<String, float[]> wanted, double allowed) {
        String worst = "";
        double most = -1;
        for (Map.Entry<String, float[]> tensor : wanted.entrySet()) {
            if (Double.isNaN(most)) {
                break;
            }
            double difference = difference(got.get(tensor.getKey()), tensor.getValue());
            if (Double.isNaN(difference) || difference > most) {
                most = difference;
                worst = tensor.getKey();
            }
        }
        return new Verdict(
                most <= allowed,
                String.format(
                        Locale.ROOT,
                        "%d tensors behind %d steps, losses and logits: worst %s, %.2e of its largest element, %.0e allowed",
                        wanted.size(),
                        STEPS,
                        worst,
                        most,
                        allowed));
    }

    private static double difference(float[] got, float[] wanted) {
        double most = 0;
        double largest = 1e-6;
        for (int i = 0; i < wanted.length; i++) {
            most = Math.max(most, Math.abs((double) got[i] - wanted[i])); // NaN stays
            largest = Math.max(largest, Math.abs(wanted[i]));
        }
        return most / largest;
    }

    private static Verdict same(Map<String, float[]> one, Map<String, float[]> other) {
        List<String> unequal = one.keySet().stream()
                .filter(name -> !Arrays.equals(bits(one.get(name)), bits(other.get(name))))
                .toList();
        return new Verdict(
                unequal.isEmpty(),
                unequal.isEmpty()
                        ? "%d tensors have the same bytes in two trainings".formatted(one.size())
                        : "other bytes in a second training: " + String.join(", ", unequal));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }

    /** Losses, logits and parameters of a training, by name. */
    private static Map<String, float[]> trained(String backend, ElementType precision) {
        Program program = Program.load("gpt").with(SIZES);
        Map<String, Long> sizes = Map.of("B", BATCH, "T", LENGTH);
        Map<String, float[]> all = new LinkedHashMap<>();
        WeftOptions options = WeftOptions.defaults().backend(backend).threads(1).precision(precision);
        try (Weft weft = Weft.open(options);
                Model model = weft.compile(program.optimizer("adamw", Map.of())
                        .lower(List.of(EntryRequest.of("step", sizes).inputs(Set.of("drop")))));
                Model reader = weft.compile(program.lower(List.of(EntryRequest.of(LOGITS, sizes))))) {
            Random random = new Random(SEED);
            model.initialize(SEED);
            model.load(drawn(model.parameters(), random));
            for (int step = 0; step < STEPS; step++) {
                all.put(
                        "loss " + step,
                        floats(model.run("step", inputs(random, step))
                                .firstEntry()
                                .getValue()));
            }
            reader.initialize(SEED);
            reader.load(model.parameters());
            all.put(
                    LOGITS,
                    floats(reader.run(LOGITS, Map.of("tokens", tokens(random)))
                            .firstEntry()
                            .getValue()));
            model.parameters().forEach((name, tensor) -> all.put(name, floats(tensor)));
        }
        return all;
    }

    /** Parameters that every backend begins with: made here, since backends may round initial values otherwise. */
    private static Map<String, Tensor> drawn(Map<String, Tensor> like, Random random) {
        Map<String, Tensor> drawn = new LinkedHashMap<>();
        like.forEach((name, tensor) -> {
            float[] values = new float[Math.toIntExact(tensor.type().shape().elements())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() * 0.1f;
            }
            drawn.put(name, Tensor.of(values, tensor.type().shape().sizes()));
        });
        return drawn;
    }

    private static Map<String, Tensor> inputs(Random random, int step) {
        float[] ones = new float[Math.toIntExact(BATCH * LENGTH)];
        Arrays.fill(ones, 1);
        return Map.of(
                "tokens", tokens(random),
                "targets", tokens(random),
                "weight", Tensor.of(ones, BATCH, LENGTH),
                "drop", Tensor.of(new float[] {0.1f}),
                "lr", Tensor.of(new float[] {0.01f / (step + 1)}),
                "clip", Tensor.of(new float[] {1}),
                "seed", Tensor.of(new int[] {SEED}),
                "step", Tensor.of(new int[] {step}));
    }

    private static Tensor tokens(Random random) {
        int[] ids = random.ints(BATCH * LENGTH, 0, VOCABULARY).toArray();
        return Tensor.of(ids, BATCH, LENGTH);
    }

    private static float[] floats(Tensor tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
