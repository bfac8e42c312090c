package dev.weft.backend.cpu;

import dev.weft.backend.cpu.nativelib.Matmul;
import dev.weft.backend.cpu.nativelib.MatmulCall;
import dev.weft.backend.cpu.nativelib.MatmulProblem;
import dev.weft.backend.cpu.nativelib.OneDnn;
import dev.weft.backend.cpu.runtime.NativeMemory;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** How fast this machine multiplies matrices, measured in some hundredths of a second. */
final class Peak {
    private static final long SIZE = 512;
    private static final int ROUNDS = 8;

    private Peak() {}

    /** The best of a few products of f32 matrices on the calling thread, as text; what else runs lowers it. */
    static String oneThread(OneDnn products) {
        Matmul matmul = products.matmul(MatmulProblem.rowMajor(ElementType.F32, SIZE, SIZE, SIZE))
                .orElseThrow();
        OneDnn.enterThread();
        long best = Long.MAX_VALUE;
        try (NativeMemory memory = new NativeMemory()) {
            long bytes = SIZE * SIZE * Float.BYTES;
            MemorySegment a = memory.allocate(bytes, "a matrix");
            MemorySegment b = memory.allocate(bytes, "a matrix");
            MemorySegment c = memory.allocate(bytes, "a matrix");
            try (MatmulCall call = matmul.call(memory.allocate(matmul.scratchBytes(), "scratch"))) {
                for (int round = 0; round < ROUNDS; round++) {
                    long start = System.nanoTime();
                    call.execute(a.address(), b.address(), c.address());
                    best = Math.min(best, System.nanoTime() - start);
                }
            }
        }
        return String.format(
                Locale.ROOT, "%.0f GFLOP/s (%s)", 2.0 * SIZE * SIZE * SIZE / best, matmul.implementation());
    }
}
