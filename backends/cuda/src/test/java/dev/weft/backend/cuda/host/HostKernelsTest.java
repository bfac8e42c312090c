package dev.weft.backend.cuda.host;

import static dev.weft.backend.cuda.host.HostRun.ORDERS;
import static dev.weft.backend.cuda.host.HostRun.get;
import static dev.weft.backend.cuda.host.HostRun.kernel;
import static dev.weft.backend.cuda.host.HostRun.put;
import static dev.weft.backend.cuda.host.HostRun.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Kernels compute what they say, in every order of threads, and what they must not lack is found where it is missing. */
class HostKernelsTest {
    private static final int BLOCKS = 3;
    private static final int THREADS = 128;

    private static final String BLOCK_SUM = """
            KERNEL __launch_bounds__(128) void block_sum(const float* __restrict__ x, float* __restrict__ sums, i64 n) {
                SHARED float partial[4];
                float sum = 0;
                #pragma unroll 4
                for (i64 i = block() * threads() + thread(); i < n; i += blocks() * threads()) sum += expf(x[i]);
                for (i32 bits = 16; bits > 0; bits /= 2) sum += shuffle_xor(sum, bits);
                if (thread() % 32 == 0) partial[thread() / 32] = sum;
                sync();
                float all = 0;
                for (i32 warp = 0; warp < 4; warp++) all += partial[warp];
                sums[block() * threads() + thread()] = all;
            }
            """;

    /** Each thread reads what another one wrote, in a direction of its own. */
    private static final String EXCHANGE = """
            KERNEL void exchange(const float* x, float* y) {
                SHARED float kept[128];
                i64 at = block() * threads() + thread();
                kept[thread()] = x[at];
                sync();
                float other = kept[(thread() + 1) % 128];
                sync();
                kept[127 - thread()] = other;
                sync();
                y[at] = kept[thread()];
            }
            """;

    private static float[] numbers(int count) {
        SplittableRandom random = new SplittableRandom(5);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextDouble(-1, 1);
        }
        return numbers;
    }

    private static float[] inOrder(Order order, Source kernel, float[] x, int results) {
        try (HostDevice device = HostDevice.open(1 << 20, order)) {
            long from = put(device, x);
            long to = device.allocate((long) results * Float.BYTES, "results");
            long[] parameters = kernel.parameters() == 3 ? new long[] {from, to, x.length} : new long[] {from, to};
            run(device, kernel, new Grid(BLOCKS, THREADS), parameters);
            return get(device, to, results);
        }
    }

    @Test
    void givesEqualBitsInEveryOrder() {
        float[] x = numbers(1000);
        double sum = 0;
        for (float value : x) {
            sum += Math.exp(value);
        }
        List<float[]> results = new ArrayList<>();
        for (Order order : ORDERS) {
            results.add(inOrder(order, kernel("block_sum", 3, BLOCK_SUM), x, BLOCKS * THREADS));
        }
        assertThat(results.get(1)).containsExactly(results.get(0));
        assertThat(results.get(2)).containsExactly(results.get(0));
        double blocks = results.get(0)[0] + results.get(0)[THREADS] + results.get(0)[2 * THREADS];
        assertThat(blocks).isCloseTo(sum, within(1e-3));
    }

    @Test
    void findsEachBarrierThatIsMissing() {
        float[] x = numbers(BLOCKS * THREADS);
        float[] right = inOrder(Order.FORWARD, kernel("exchange", 2, EXCHANGE), x, x.length);
        for (int missing = 0; missing < 3; missing++) {
            Source without = kernel("exchange", 2, withoutBarrier(EXCHANGE, missing));
            assertThat(ORDERS).as("without barrier " + missing).anySatisfy(order -> assertThat(
                            inOrder(order, without, x, x.length))
                    .isNotEqualTo(right));
        }
        assertThat(ORDERS).allSatisfy(order -> assertThat(inOrder(order, kernel("exchange", 2, EXCHANGE), x, x.length))
                .containsExactly(right));
    }

    /** Totals one after the other, over eight warps: the third one's partial results take the place of the first one's. */
    @Test
    void findsTheBarrierThatIsMissingInTheTotalOfABlock() {
        Source totals = kernel("totals", 1, """
                KERNEL void totals(float* y) {
                    SHARED u64 exchange[EXCHANGE];
                    i32 turn = 0;
                    Sum<float> first = of_block(Sum<float>{(float) thread()}, exchange, turn);
                    Sum<float> second = of_block(Sum<float>{1}, exchange, turn);
                    Sum<float> third = of_block(Sum<float>{(float) thread()}, exchange, turn);
                    y[thread()] = first.value + second.value - third.value + first.value;
                }
                """);
        assertThat(ORDERS).allSatisfy(order -> assertThat(totals(order, totals, HostDevice.hostCompiler()))
                .containsOnly(255 * 128 + 256));
        KernelCompiler without = HostDevice.compilerOfEdited(text -> withoutBarrier(text, 0));
        assertThat(ORDERS).anySatisfy(order -> assertThat(totals(order, totals, without))
                .isNotEqualTo(totals(order, totals, HostDevice.hostCompiler())));
    }

    private static float[] totals(Order order, Source kernel, KernelCompiler compiler) {
        try (HostDevice device = HostDevice.open(1 << 20, order, compiler)) {
            long y = put(device, new float[256]);
            run(device, kernel, new Grid(1, 256), y);
            return get(device, y, 256);
        }
    }

    private static String withoutBarrier(String text, int missing) {
        String[] parts = text.split("sync\\(\\);", -1);
        StringBuilder all = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            all.append(i - 1 == missing ? "" : "sync();").append(parts[i]);
        }
        return all.toString();
    }

    @Test
    void sharedMemoryIsNanBeforeEachBlock() {
        String text = """
                KERNEL void stale(const float* x, float* y) {
                    SHARED float kept[128];
                    y[block() * threads() + thread()] = kept[thread()];
                    kept[thread()] = 1;
                }
                """;
        float[] y = inOrder(Order.FORWARD, kernel("stale", 2, text), numbers(4), BLOCKS * THREADS);
        assertThat(y).containsOnly(Float.NaN);
    }

    @Test
    void kernelsOfOneImageKeepTheirSharedMemoryApart() {
        Source one = kernel(
                "one", 1, "KERNEL void one(float* y) { SHARED float kept[32]; y[thread()] = kept[thread()] = 1; }");
        Source two = kernel(
                "two",
                1,
                "KERNEL void two(float* y) { SHARED float kept[64]; kept[thread()] = 2; y[thread()] = kept[thread() ^ 1]; }");
        try (HostDevice device = HostDevice.open(1 << 20, Order.FORWARD)) {
            long module =
                    device.load(device.compiler().compile(List.of(one, two)).bytes());
            long y = put(device, new float[32]);
            long stream = device.stream();
            HostRun.launch(device, stream, device.function(module, "one", 0), new Grid(1, 32), y);
            assertThat(get(device, y, 32)).containsOnly(1);
            HostRun.launch(device, stream, device.function(module, "two", 0), new Grid(1, 32), y);
            assertThat(get(device, y, 32)).contains(Float.NaN, 2);
        }
    }

    @Test
    void runsEveryBlockOfBothDimensions() {
        String text = """
                KERNEL void where(float* y) {
                    if (thread() == 0) y[block_y() * blocks() + block()] = (float) (100 * block_y() + block());
                }
                """;
        for (Order order : ORDERS) {
            try (HostDevice device = HostDevice.open(1 << 20, order)) {
                long y = put(device, new float[6]);
                run(device, kernel("where", 1, text), new Grid(3, 2, 32, 0), y);
                assertThat(get(device, y, 6)).containsExactly(0, 1, 2, 100, 101, 102);
            }
        }
    }
}
