package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Stored;
import dev.weft.graph.type.ElementType;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Training and evaluating with products that read bf16. */
class Bf16Test {

    private static final int CONTEXT = 32;
    private static final int ROWS = 4;
    private static final int LAYERS = 2;

    private static final Program PROGRAM = Program.load("gpt")
            .with(Map.of("layers", "" + LAYERS, "heads", "2", "width", "32", "context", "32", "vocab", "61"))
            .optimizer("adamw", Map.of());

    private static Weft weft(ElementType precision, int threads) {
        return Weft.open(WeftOptions.defaults().backend("cpu").threads(threads).precision(precision));
    }

    private static Model model(Weft weft) {
        Map<String, Long> sizes = Map.of("B", (long) ROWS, "T", (long) CONTEXT);
        Model model = weft.compile(PROGRAM.lower(List.of(
                EntryRequest.of("step", sizes),
                EntryRequest.of("evaluate", sizes),
                EntryRequest.of("rate", Map.of()))));
        model.initialize(1);
        return model;
    }

    private static Trainer trainer(Model model) {
        int[] tokens = IntStream.range(0, 2_000).map(i -> i * i % 61).toArray();
        Batches batches =
                Batches.of(new TrainingWindows(tokens, CONTEXT, ROWS, 1), new ValidationWindows(tokens, CONTEXT, ROWS));
        return new Trainer(model, batches, new Trainer.Options(20, 1, 1e-2, 1e-3, 3, 1, 1, Map.of("drop", 0.1)));
    }

    private static Map<String, List<Byte>> bytes(SequencedMap<String, Tensor> tensors) {
        Map<String, List<Byte>> bytes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            List<Byte> list = new ArrayList<>();
            for (byte each : tensor.data().toArray(ValueLayout.JAVA_BYTE)) {
                list.add(each);
            }
            bytes.put(name, list);
        });
        return bytes;
    }

    private static void requireShadows(Model model) {
        List<Stored> shadows = model.stored().stream()
                .filter(stored -> stored.role() == Stored.Role.SHADOW)
                .toList();
        assertThat(shadows).hasSizeGreaterThan(4 * LAYERS);
        for (Stored shadow : shadows) {
            float[] param = model.read(shadow.source()).toFloats();
            byte[] bytes = model.read(shadow.name()).data().toArray(ValueLayout.JAVA_BYTE);
            for (int i = 0; i < param.length; i++) {
                int bits = (bytes[2 * i] & 0xff) << 16 | (bytes[2 * i + 1] & 0xff) << 24;
                assertThat((double) Float.intBitsToFloat(bits))
                        .as("%s[%d]", shadow.name(), i)
                        .isEqualTo(ElementType.BF16.round(param[i]));
            }
        }
    }

    @Test
    void shadowsAreTheirParamsAfterInitializingStepsAndWriting() {
        try (Weft weft = weft(ElementType.BF16, 2);
                Model model = model(weft)) {
            requireShadows(model);
            Trainer trainer = trainer(model);
            for (int i = 0; i < 3; i++) {
                trainer.step();
            }
            requireShadows(model);
            var trained = model.parameters();
            model.initialize(2);
            model.load(trained);
            requireShadows(model);
            assertThat(bytes(model.parameters())).isEqualTo(bytes(trained));
        }
    }

    @Test
    void whatIsSavedIsF32AndServesBothPrecisions() {
        try (Weft narrow = weft(ElementType.BF16, 2);
                Weft wide = weft(ElementType.F32, 2);
                Model inBf16 = model(narrow);
                Model inF32 = model(wide)) {
            Trainer trainer = trainer(inBf16);
            while (!trainer.isFinished()) {
                trainer.step();
            }
            SequencedMap<String, Tensor> saved = trainer.snapshot();

            assertThat(saved.values())
                    .extracting(tensor -> tensor.type().element())
                    .containsOnly(ElementType.F32);
            assertThat(Trainer.saved(inF32)).isEqualTo(Trainer.saved(inBf16));
            Trainer other = trainer(inF32);
            other.restore(saved, trainer.done());
            assertThat(bytes(other.snapshot())).isEqualTo(bytes(saved));
            // Each product's operands are off by at most 2^-9; what is left in a mean of nats is far less than a
            // hundred times that.
            assertThat(other.evaluate()).isCloseTo(trainer.evaluate(), org.assertj.core.data.Offset.offset(0.01));
        }
    }

    @Test
    void aRestoredTrainerGoesOnToTheSameBitsWithAnyNumberOfThreads() {
        List<Map<String, List<Byte>>> ends = new ArrayList<>();
        for (int threads = 1; threads <= 3; threads++) {
            try (Weft weft = weft(ElementType.BF16, threads);
                    Model model = model(weft)) {
                Trainer trainer = trainer(model);
                trainer.step();
                var snapshot = trainer.snapshot();
                trainer.step();
                trainer.step();
                ends.add(bytes(trainer.snapshot()));

                model.initialize(9);
                trainer.restore(snapshot, 1);
                trainer.step();
                trainer.step();
                ends.add(bytes(trainer.snapshot()));
            }
        }
        assertThat(ends).allMatch(end -> end.equals(ends.getFirst()));
    }

    /**
     * Every product rounds two operands by at most half of eps = 2^-8. About 8 products a layer lie between the loss and a gradient, four
     * forward and four backward, so independent errors add up to √(2 · 8 · layers) · eps / 2 of a gradient's size; four times that is
     * allowed.
     */
    @Test
    void gradientsAreThoseOfF32ButForRounding() {
        double allowed = 4 * Math.sqrt(2 * 8 * LAYERS) * 0x1p-9;
        try (Weft narrow = weft(ElementType.BF16, 2);
                Weft wide = weft(ElementType.F32, 2);
                Model inBf16 = model(narrow);
                Model inF32 = model(wide)) {
            trainer(inBf16).step();
            trainer(inF32).step();
            int compared = 0;
            for (String name : Trainer.saved(inF32).keySet()) {
                if (name.startsWith("optimizer.m.")) {
                    assertThat(distance(inBf16.read(name), inF32.read(name)))
                            .as(name)
                            .isLessThan(allowed);
                    compared++;
                }
            }
            assertThat(compared).isGreaterThan(12 * LAYERS);
        }
    }

    /** Root mean square of the difference, over that of {@code b}. */
    private static double distance(Tensor a, Tensor b) {
        float[] x = a.toFloats();
        float[] y = b.toFloats();
        double difference = 0;
        double size = 0;
        for (int i = 0; i < x.length; i++) {
            difference += Math.pow(x[i] - y[i], 2);
            size += Math.pow(y[i], 2);
        }
        return Math.sqrt(difference / size);
    }
}
