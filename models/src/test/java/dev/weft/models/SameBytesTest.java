package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.io.Hashes;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Training steps give the same bytes with any number of threads, alone and beside threads that keep all processors busy. */
class SameBytesTest {

    private static final int CONTEXT = 32;
    private static final int ROWS = 6;
    private static final int STEPS = 4;

    private static final Program PROGRAM = Program.load("gpt")
            .with(Map.of("layers", "1", "heads", "2", "width", "32", "context", "32", "vocab", "61"))
            .optimizer("adamw", Map.of());

    /** What training left behind: the reports of its steps, and each stored tensor's hash. */
    private record Outcome(List<Trainer.Step> steps, Map<String, String> tensors) {}

    private static Outcome train(int threads) {
        int[] tokens = IntStream.range(0, 5_000).map(i -> i * i % 61).toArray();
        Batches batches =
                Batches.of(new TrainingWindows(tokens, CONTEXT, ROWS, 1), new ValidationWindows(tokens, CONTEXT, ROWS));
        Map<String, Long> sizes = Map.of("B", (long) ROWS, "T", (long) CONTEXT);
        try (Weft weft = Weft.open("cpu", threads);
                Model model = weft.compile(
                        PROGRAM.lower(List.of(EntryRequest.of("step", sizes), EntryRequest.of("rate", Map.of()))))) {
            model.initialize(1);
            Trainer trainer = new Trainer(
                    model, batches, new Trainer.Options(STEPS, 1, 1e-2, 1e-3, 3, 1, 1, Map.of("drop", 0.1)));
            List<Trainer.Step> steps = new ArrayList<>();
            while (!trainer.isFinished()) {
                steps.add(trainer.step());
            }
            Map<String, String> tensors = new LinkedHashMap<>();
            trainer.snapshot().forEach((name, tensor) -> {
                MessageDigest digest = Hashes.digest();
                digest.update(tensor.data().toArray(ValueLayout.JAVA_BYTE));
                tensors.put(name, Hashes.hex(digest.digest()));
            });
            return new Outcome(steps, tensors);
        }
    }

    @Test
    void oneTwoAndThreeThreadsAgreeWithAndWithoutLoad() throws InterruptedException {
        Outcome alone = train(1);
        assertThat(alone.tensors()).isNotEmpty();
        assertThat(alone.steps()).hasSize(STEPS).allMatch(Trainer.Step::isFinite);

        assertThat(train(2)).isEqualTo(alone);
        assertThat(train(3)).isEqualTo(alone);

        try (Load load = new Load(Runtime.getRuntime().availableProcessors())) {
            load.awaitBusy();
            for (int threads = 1; threads <= 3; threads++) {
                assertThat(train(threads)).as(threads + " threads under load").isEqualTo(alone);
            }
        }
    }

    /** The logits of {@code rows} rows of tokens; row i holds the same tokens however many there are. */
    private static float[] logits(Weft weft, int rows) {
        Map<String, Long> sizes = Map.of("B", (long) rows, "T", (long) CONTEXT);
        try (Model model = weft.compile(PROGRAM.lower(List.of(EntryRequest.of("logits", sizes))))) {
            model.initialize(7);
            Map<String, Tensor> inputs = new LinkedHashMap<>();
            model.inputTypes("logits").forEach((name, type) -> {
                int[] tokens = new int[Math.toIntExact(type.shape().elements())];
                if (name.equals("tokens")) {
                    Arrays.setAll(tokens, i -> i * 31 % 61);
                }
                inputs.put(name, type.element() == ElementType.I32 ? Tensor.of(tokens, sizes(type)) : zeros(type));
            });
            return model.run("logits", inputs).firstEntry().getValue().toFloats();
        }
    }

    private static long[] sizes(TensorType type) {
        return type.shape().sizes();
    }

    private static Tensor zeros(TensorType type) {
        return new Tensor(type, MemorySegment.ofArray(new byte[Math.toIntExact(type.bytes())]));
    }

    @Test
    void aRowsLogitsAreTheSameInEveryBatchOfTwoOrMore() {
        try (Weft weft = Weft.open("cpu", 2)) {
            float[] two = logits(weft, 2);
            for (int rows : new int[] {3, 5, 8}) {
                assertThat(Arrays.copyOf(logits(weft, rows), two.length))
                        .as(rows + " rows")
                        .isEqualTo(two);
            }
        }
    }

    /** Threads that do nothing but keep processors busy, until they are closed. */
    private static final class Load implements AutoCloseable {
        private final AtomicBoolean wanted = new AtomicBoolean(true);
        private final CountDownLatch busy;

        Load(int count) {
            busy = new CountDownLatch(count);
            for (int i = 0; i < count; i++) {
                Thread.ofPlatform().daemon().name("load-" + i).start(this::work);
            }
        }

        private void work() {
            busy.countDown();
            while (wanted.get()) {
                Thread.onSpinWait();
            }
        }

        void awaitBusy() throws InterruptedException {
            busy.await();
        }

        /** They are daemons that end by themselves within a turn of their loop. */
        @Override
        public void close() {
            wanted.set(false);
        }
    }
}
