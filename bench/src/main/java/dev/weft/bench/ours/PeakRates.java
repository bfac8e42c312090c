package dev.weft.bench.ours;

import dev.weft.bench.protocol.Opening;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.WeftOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What this machine can do at most: products of square matrices through Weft, and reading long arrays. A process of its own; it prints
 * {@code f32}, {@code bf16} (GFLOP/s) and {@code read} (GB/s), a line each, where a rate that cannot be measured here has a sentence; of a
 * device also {@code copy}.
 */
public final class PeakRates {

    private static final String PROGRAM = """
            model Product(n) {
                param a, b: f32[n, n] = normal(1)
                state c: f32[n, n]
                state mark: f32[]
                fn multiply() {
                    c := a @ b
                }
                fn ready() -> f32[] = mark
            }
            """;

    private static final long SIZE = 2048;
    private static final int PRODUCTS = 12;
    private static final long DEVICE_SIZE = 8192;
    private static final long DEVICE_NUMBERS = 1L << 28;
    private static final int RUNS = 10;
    private static final int LONGS = 48 << 20;
    private static final int READS = 8;

    private PeakRates() {}

    /** @param arguments the number of threads; and the name of a backend whose device is meant in place of the processor */
    public static void main(String[] arguments) throws InterruptedException {
        WeftOptions options = WeftOptions.defaults().threads(Integer.parseInt(arguments[0]));
        if (arguments.length > 1) {
            ofDevice(options.backend(arguments[1]), DEVICE_SIZE, DEVICE_NUMBERS).forEach(System.out::println);
        } else {
            products(options, SIZE).forEach(System.out::println);
            System.out.println("read " + read(options.threads()));
        }
    }

    /**
     * The lines of a backend's device.
     *
     * @param size of square matrices
     * @param numbers that are read and copied
     */
    static List<String> ofDevice(WeftOptions options, long size, long numbers) {
        List<String> lines = new ArrayList<>(products(options, size));
        lines.add("read " + piece(options, "read", numbers, 1));
        lines.add("copy " + piece(options, "copy", numbers, 2));
        return lines;
    }

    private static List<String> products(WeftOptions options, long size) {
        return Stream.of(ElementType.F32, ElementType.BF16)
                .map(element ->
                        element.toString().toLowerCase(Locale.ROOT) + " " + product(options.precision(element), size))
                .toList();
    }

    /** GB/s of a piece that goes through so many tensors of f32. */
    private static String piece(WeftOptions options, String name, long numbers, int tensors) {
        Opening opening = new Opening(
                "piece",
                name,
                Map.of("n", numbers),
                1,
                RUNS,
                "f32",
                options.threads(),
                new Opening.Optimizer(0, 0, 0, 0, 0, 0, List.of()),
                "",
                "");
        try (PieceWork work = new PieceWork(Weft.open(options), opening)) {
            long best = Long.MAX_VALUE;
            for (int i = 0; i < READS; i++) {
                long start = System.nanoTime();
                work.step(i);
                best = Math.min(best, System.nanoTime() - start);
            }
            return Double.toString((double) Float.BYTES * tensors * numbers * RUNS / best);
        } catch (UserException | MachineException lack) {
            return String.valueOf(lack.getMessage()).lines().findFirst().orElse("");
        }
    }

    private static String product(WeftOptions options, long size) {
        try (Weft weft = Weft.open(options);
                Model model = weft.compile(
                        Program.of("product", PROGRAM).with(Map.of("n", Long.toString(size))),
                        EntryRequest.of("multiply", Map.of()),
                        EntryRequest.of("ready", Map.of()))) {
            model.initialize(1);
            long best = Long.MAX_VALUE;
            for (int i = 0; i < PRODUCTS; i++) {
                long start = System.nanoTime();
                model.run("multiply", Map.of());
                // A run may return before it has ended; what gives something back waits.
                model.run("ready", Map.of());
                best = Math.min(best, System.nanoTime() - start);
            }
            return Double.toString(2.0 * size * size * size / best);
        } catch (UserException | MachineException lack) {
            return String.valueOf(lack.getMessage()).lines().findFirst().orElse("");
        }
    }

    /** The most of some readings, each thread through an array that no cache holds. */
    private static double read(int threads) throws InterruptedException {
        long[][] arrays = new long[threads][LONGS];
        for (long[] array : arrays) {
            Arrays.fill(array, 1);
        }
        double best = 0;
        for (int i = 0; i < READS; i++) {
            long start = System.nanoTime();
            long total = sum(arrays);
            double nanos = System.nanoTime() - start;
            if (total != (long) threads * LONGS) {
                throw new IllegalStateException("sum: must be " + (long) threads * LONGS + ", got " + total);
            }
            best = Math.max(best, (double) threads * LONGS * Long.BYTES / nanos);
        }
        return best;
    }

    private static long sum(long[][] arrays) throws InterruptedException {
        long[] sums = new long[arrays.length];
        Thread[] threads = new Thread[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            int self = i;
            threads[i] = Thread.ofPlatform().start(() -> sums[self] = sum(arrays[self]));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return Arrays.stream(sums).sum();
    }

    private static long sum(long[] array) {
        long sum = 0;
        for (long element : array) {
            sum += element;
        }
        return sum;
    }
}
