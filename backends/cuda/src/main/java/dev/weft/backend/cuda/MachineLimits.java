package dev.weft.backend.cuda;

import dev.weft.backend.cuda.KernelCache.Compiled;
import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.backend.cuda.runtime.Held;
import dev.weft.backend.spi.Limits;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * What a device can do at best, by its own clock: the best of some rounds, since whatever else runs only lowers it. Matrices and memory
 * are filled with random bits, because a GPU is faster on zeros, which need less power.
 */
final class MachineLimits {
    /** Products grow until one takes so many milliseconds, so that its beginning and its end do not count. */
    private static final float LONG_MILLIS = 1;

    private static final long LEAST_SIZE = 256;
    private static final long MOST_SIZE = 8192;

    /** More than caches hold, where there is so much memory. */
    private static final long MOST_BYTES = 1L << 30;

    /** Of the memory that is free, for any one measurement. */
    private static final long SHARE = 8;

    private static final int ROUNDS = 12;
    private static final float ENOUGH_MILLIS = 100;
    private static final int WAYS = 4;
    private static final int THREADS = 512;

    /** Numbers of random sign and fraction from 1 to 2, as f32 and, two in a word, as bf16. */
    static final Source NOISE = new Source("weft_noise", """
            KERNEL void weft_noise(u32* to, i64 words) {
                for (i64 i = block() * threads() + thread(); i < words; i += blocks() * threads()) {
                    u32 x = (u32) i * 2654435761u;
                    x = (x ^ x >> 15) * 2246822519u;
                    to[i] = 0x3f803f80u | ((x ^ x >> 13) & 0x807f807fu);
                }
            }
            """, 2);

    /** Reads all chunks of 16 bytes, a multiple of four for each thread; what comes of it is stored, so that nothing is left out. */
    static final Source READ = new Source("weft_read", """
            KERNEL void weft_read(const Sixteen* from, u32* sums, i64 chunks) {
                i64 step = blocks() * threads();
                i64 first = block() * threads() + thread();
                u32 sum = 0;
                for (i64 i = first; i < chunks; i += 4 * step) {
                    Sixteen a = load_16(from + i);
                    Sixteen b = load_16(from + i + step);
                    Sixteen c = load_16(from + i + 2 * step);
                    Sixteen d = load_16(from + i + 3 * step);
                    sum ^= a.words[0] ^ a.words[1] ^ a.words[2] ^ a.words[3] ^ b.words[0] ^ b.words[1] ^ b.words[2] ^ b.words[3];
                    sum ^= c.words[0] ^ c.words[1] ^ c.words[2] ^ c.words[3] ^ d.words[0] ^ d.words[1] ^ d.words[2] ^ d.words[3];
                }
                sums[first] = sum;
            }
            """, 3);

    private static final long CHUNK_BYTES = 16;
    private static final long CHUNKS_AT_A_TIME = 4;

    private final Device device;
    private final KernelCache kernels;
    private final Compute f32;
    private final Arena parameters = Arena.ofAuto();

    /** @param tf32 whether products in f32 round their terms to TF32 */
    MachineLimits(Device device, KernelCache kernels, boolean tf32) {
        this.device = device;
        this.kernels = kernels;
        this.f32 = tf32 ? Compute.TF32 : Compute.F32;
    }

    /** Takes some tenths of a second; the device must be {@link Device#hasClock}. */
    Limits measured() {
        Map<String, Compiled> compiled = kernels.compile(Map.of(NOISE.text(), NOISE, READ.text(), READ));
        return new Limits(
                productRate(compiled, f32, ElementType.F32),
                productRate(compiled, Compute.SMALL, ElementType.BF16),
                readRate(compiled));
    }

    /** Floating-point operations a second; 0 if the device makes no such product. */
    private double productRate(Map<String, Compiled> compiled, Compute compute, ElementType element) {
        double rate = 0;
        float millis = 0;
        for (long size = LEAST_SIZE; size <= MOST_SIZE && millis < LONG_MILLIS; size *= 2) {
            if (size > LEAST_SIZE && 3 * size * size * element.bytes() > device.freeBytes() / SHARE) {
                break;
            }
            millis = productMillis(compiled, compute, element, size);
            if (Float.isInfinite(millis)) {
                return 0;
            }
            rate = Math.max(rate, 2e3 * size * size * size / millis);
        }
        return rate;
    }

    /** Of the fastest way to make it; infinity if there is none. */
    private float productMillis(Map<String, Compiled> compiled, Compute compute, ElementType element, long size) {
        Matrix matrix = new Matrix(element, size, size, size, 1, 0);
        // Both are read along their columns, which is what cuBLASLt is fastest at.
        Multiplication product = new Multiplication(compute, matrix, true, matrix, false, matrix, 0, Epilogue.NONE);
        float least = Float.POSITIVE_INFINITY;
        try (Held held = new Held(device)) {
            long stream = held.stream();
            long a = random(held, compiled, stream, matrix.bytes());
            long b = random(held, compiled, stream, matrix.bytes());
            long d = held.memory(matrix.bytes(), "a product to be timed");
            long workspace = held.memory(BoundProgram.WORKSPACE_BYTES, "a product to be timed");
            for (byte[] way : device.algorithms(product, BoundProgram.WORKSPACE_BYTES, WAYS)) {
                least = Math.min(least, millis(held, stream, product, way, new Addresses(a, b, d, d), workspace));
            }
            device.synchronize(stream);
        }
        return least;
    }

    /** Infinity if the library refuses what it named. */
    private float millis(Held held, long stream, Multiplication product, byte[] way, Addresses at, long workspace) {
        try {
            long made = held.product(product, way);
            return best(held, stream, () -> device.multiply(stream, made, at, workspace));
        } catch (MachineException | DefectException refused) {
            return Float.POSITIVE_INFINITY;
        }
    }

    /** Bytes a second. */
    private double readRate(Map<String, Compiled> compiled) {
        long threads = grid().blocks() * THREADS;
        long turn = threads * CHUNKS_AT_A_TIME * CHUNK_BYTES;
        long bytes = Math.max(1, Math.min(MOST_BYTES, device.freeBytes() / SHARE) / turn) * turn;
        try (Held held = new Held(device)) {
            long stream = held.stream();
            long block = random(held, compiled, stream, bytes);
            long sums = held.memory(threads * Integer.BYTES, "sums of what is read");
            long read = function(held, compiled, READ);
            MemorySegment words = parameters.allocateFrom(ValueLayout.JAVA_LONG, block, sums, bytes / CHUNK_BYTES);
            float least = best(held, stream, () -> device.launch(stream, read, grid(), words));
            device.synchronize(stream);
            return 1e3 * bytes / least;
        }
    }

    /** The address of memory of random bits. */
    private long random(Held held, Map<String, Compiled> compiled, long stream, long bytes) {
        long address = held.memory(bytes, "limits of the machine");
        MemorySegment words = parameters.allocateFrom(ValueLayout.JAVA_LONG, address, bytes / Integer.BYTES);
        device.launch(stream, function(held, compiled, NOISE), grid(), words);
        return address;
    }

    private long function(Held held, Map<String, Compiled> compiled, Source kernel) {
        Compiled made = compiled.get(kernel.text());
        return device.function(held.module(made.image().bytes()), made.name(), 0);
    }

    /** As many threads as can be resident. */
    private Grid grid() {
        return new Grid(
                (long) device.facts().multiprocessors()
                        * Math.max(1, device.facts().threadsPerMultiprocessor() / THREADS),
                THREADS);
    }

    /** The least milliseconds of some rounds, the first of which does not count. */
    private float best(Held held, long stream, Runnable work) {
        long begin = held.event();
        long end = held.event();
        float least = Float.POSITIVE_INFINITY;
        float all = 0;
        for (int round = 0; round <= ROUNDS && (round < 2 || all < ENOUGH_MILLIS); round++) {
            device.record(begin, stream);
            work.run();
            device.record(end, stream);
            device.waitFor(end);
            float millis = device.millis(begin, end);
            all += millis;
            least = round == 0 ? least : Math.min(least, millis);
        }
        return least;
    }
}
