package dev.weft.bench.ours;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What this machine can do at most: products of square matrices through Weft, and reading long arrays. A process of its own; it prints
 * {@code f32}, {@code bf16} (GFLOP/s) and {@code read} (GB/s), a line each, where a rate that cannot be measured here has a sentence.
 */
public final class PeakRates {

    private static final String PROGRAM = """
            model Product(n = 2048) {
                param a, b: f32[n, n] = normal(1)
                state c: f32[n, n]
                fn multiply() {
                    c := a @ b
                }
            }
            """;

    private static final long SIZE = 2048;
    private static final int PRODUCTS = 12;
    private static final int LONGS = 48 << 20;
    private static final int READS = 8;

    private PeakRates() {}

    /** @param arguments the number of threads */
    public static void main(String[] arguments) throws InterruptedException {
        int threads = Integer.parseInt(arguments[0]);
        for (ElementType element : List.of(ElementType.F32, ElementType.BF16)) {
            System.out.println(element.toString().toLowerCase(Locale.ROOT) + " " + product(element, threads));
        }
        System.out.println("read " + read(threads));
    }

    private static String product(ElementType element, int threads) {
        try (Weft weft = Weft.open(Weft.Options.defaults().threads(threads).precision(element));
                Model model = weft.compile(Program.of("product", PROGRAM), EntryRequest.of("multiply", Map.of()))) {
            model.initialize(1);
            long best = Long.MAX_VALUE;
            for (int i = 0; i < PRODUCTS; i++) {
                long start = System.nanoTime();
                model.run("multiply", Map.of());
                best = Math.min(best, System.nanoTime() - start);
            }
            return Double.toString(2.0 * SIZE * SIZE * SIZE / best);
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
