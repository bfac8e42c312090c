package dev.weft.models;

import dev.weft.dsl.EntryRequest;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A process that opens Weft, trains and closes it, again and again. It prints what it holds after a fifth of the cycles, when all that is
 * loaded once has been loaded, and at the end.
 */
final class Cycles {

    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private static final Program PROGRAM = Program.of("line", """
                    model Line(n = 16) {
                        param weight: f32[n, n] = normal(0.1)
                        param bias: f32[n] = 0

                        fn loss(x: f32[B, n], y: f32[B, n]) -> (f32[], f32[]) {
                            error = tanh(x @ weight + bias) - y
                            (sum(error * error), f32(size(x, 0)))
                        }
                    }
                    """).optimizer("sgd", Map.of());

    private Cycles() {}

    /** @param arguments the number of cycles */
    public static void main(String[] arguments) throws IOException {
        int cycles = Integer.parseInt(arguments[0]);
        for (int cycle = 1; cycle <= cycles; cycle++) {
            cycle();
            if (cycle == cycles / 5) {
                say("early");
            }
        }
        say("late");
    }

    private static void cycle() {
        try (Weft weft = Weft.open("cpu", 2);
                Model model = weft.compile(
                        PROGRAM, EntryRequest.of("step", Map.of("B", 4L)), EntryRequest.of("rate", Map.of()))) {
            model.initialize(1);
            Trainer trainer = new Trainer(model, batches(), Trainer.Options.of(3, 0.1));
            while (!trainer.isFinished()) {
                if (!trainer.step().isFinite()) {
                    throw new IllegalStateException("the loss is no number");
                }
            }
        }
    }

    private static Batches batches() {
        Map<String, Tensor> batch = Map.of("x", Tensor.of(new float[64], 4, 16), "y", Tensor.of(new float[64], 4, 16));
        return new Batches() {
            @Override
            public Map<String, Tensor> training(long step, int micro) {
                return batch;
            }

            @Override
            public int validationBatches() {
                return 0;
            }

            @Override
            public Map<String, Tensor> validation(int index) {
                return batch;
            }
        };
    }

    /**
     * The names of all threads, sorted, as the system knows them. One of Weft's that has ended may stand there for a moment more: the system
     * takes it off after all who waited for it went on.
     */
    private static String threads() throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        List<String> names = names();
        while (names.stream().anyMatch(name -> name.startsWith("weft-")) && System.nanoTime() < end) {
            Thread.onSpinWait();
            names = names();
        }
        return String.join(",", names);
    }

    private static List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                try {
                    names.add(Files.readString(thread.resolve("comm")).strip().replace(' ', '_'));
                } catch (IOException ended) {
                    // Between the look at the list and that at the thread.
                }
            }
        }
        names.sort(Comparator.naturalOrder());
        return names;
    }

    private static void say(String when) throws IOException {
        // What waits to be collected is not held.
        System.gc();
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            System.out.println(when + "_files=" + files.count());
        }
        System.out.println(when + "_threads=" + threads());
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            String resident =
                    lines.filter(line -> line.startsWith("VmRSS:")).findFirst().orElseThrow();
            System.out.println(when + "_kib=" + resident.replaceAll("[^0-9]", ""));
        }
    }
}
