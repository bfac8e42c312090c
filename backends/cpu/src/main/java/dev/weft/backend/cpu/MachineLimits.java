package dev.weft.backend.cpu;

import dev.weft.backend.cpu.nativelib.KernelFunction;
import dev.weft.backend.cpu.nativelib.LlvmCompiler;
import dev.weft.backend.cpu.nativelib.LlvmJit;
import dev.weft.backend.cpu.nativelib.Matmul;
import dev.weft.backend.cpu.nativelib.MatmulCall;
import dev.weft.backend.cpu.nativelib.MatmulProblem;
import dev.weft.backend.cpu.nativelib.OneDnn;
import dev.weft.backend.cpu.nativelib.Processor;
import dev.weft.backend.cpu.runtime.NativeMemory;
import dev.weft.backend.cpu.runtime.Step;
import dev.weft.backend.cpu.runtime.ThreadPool;
import dev.weft.backend.spi.Limits;
import dev.weft.backend.spi.Memory;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What all threads of the pool can do together, each on a product of its own and on its part of a block of memory: the best of some
 * rounds, since whatever else runs only lowers it.
 */
final class MachineLimits {
    private static final long SIZE = 512;
    private static final int ROUNDS = 24;

    /** More than caches hold. */
    private static final long MOST_BYTES = 256L << 20;

    /** Bytes that one turn of the loop in {@link #READ} reads. */
    private static final long UNIT = 256;

    private static final String NAME = "weft_read";

    /** Adds up units of the block that the first argument points to, four vectors at a time. */
    private static final String READ = """
            define void @weft_read(ptr %arguments, ptr %scratch, i64 %first, i64 %end) {
            entry:
              %data = load ptr, ptr %arguments
              %from = mul i64 %first, 256
              %to = mul i64 %end, 256
              br label %loop
            loop:
              %at = phi i64 [ %from, %entry ], [ %next, %loop ]
              %a = phi <8 x i64> [ zeroinitializer, %entry ], [ %a1, %loop ]
              %b = phi <8 x i64> [ zeroinitializer, %entry ], [ %b1, %loop ]
              %c = phi <8 x i64> [ zeroinitializer, %entry ], [ %c1, %loop ]
              %d = phi <8 x i64> [ zeroinitializer, %entry ], [ %d1, %loop ]
              %pa = getelementptr i8, ptr %data, i64 %at
              %pb = getelementptr i8, ptr %pa, i64 64
              %pc = getelementptr i8, ptr %pa, i64 128
              %pd = getelementptr i8, ptr %pa, i64 192
              %va = load <8 x i64>, ptr %pa, align 64
              %vb = load <8 x i64>, ptr %pb, align 64
              %vc = load <8 x i64>, ptr %pc, align 64
              %vd = load <8 x i64>, ptr %pd, align 64
              %a1 = add <8 x i64> %a, %va
              %b1 = add <8 x i64> %b, %vb
              %c1 = add <8 x i64> %c, %vc
              %d1 = add <8 x i64> %d, %vd
              %next = add i64 %at, 256
              %more = icmp ult i64 %next, %to
              br i1 %more, label %loop, label %done
            done:
              %ab = add <8 x i64> %a1, %b1
              %cd = add <8 x i64> %c1, %d1
              %sum = add <8 x i64> %ab, %cd
              store <8 x i64> %sum, ptr %scratch, align 64
              ret void
            }
            """;

    private final ThreadPool pool;
    private final OneDnn products;
    private final LlvmCompiler compiler;

    MachineLimits(ThreadPool pool, OneDnn products, LlvmCompiler compiler) {
        this.pool = pool;
        this.products = products;
        this.compiler = compiler;
    }

    Limits measured() {
        double f32 = productRate(ElementType.F32);
        // Where no bf16 is multiplied, the same numbers are, in f32.
        return new Limits(f32, Processor.here().hasBf16() ? productRate(ElementType.BF16) : f32, readRate());
    }

    /** Floating-point operations a second; 0 if there is no such product. */
    private double productRate(ElementType element) {
        Optional<Matmul> matmul = products.matmul(MatmulProblem.rowMajor(element, SIZE, SIZE, SIZE));
        if (matmul.isEmpty()) {
            return 0;
        }
        List<MatmulCall> calls = new ArrayList<>();
        try (NativeMemory memory = new NativeMemory()) {
            long[] addresses = new long[3 * pool.threads()];
            for (int i = 0; i < addresses.length; i++) {
                addresses[i] =
                        memory.allocate(SIZE * SIZE * Float.BYTES, "a matrix").address();
            }
            for (int thread = 0; thread < pool.threads(); thread++) {
                calls.add(matmul.get().call(memory.allocate(matmul.get().scratchBytes(), "scratch")));
            }
            double seconds = best((thread, threads) -> calls.get(thread)
                    .execute(addresses[3 * thread], addresses[3 * thread + 1], addresses[3 * thread + 2]));
            return 2.0 * SIZE * SIZE * SIZE * pool.threads() / seconds;
        } finally {
            calls.forEach(MatmulCall::close);
        }
    }

    /** Bytes a second. */
    private double readRate() {
        long free = Memory.available().orElse(MOST_BYTES);
        long units = Math.max(pool.threads(), Math.min(MOST_BYTES, free / 8) / UNIT);
        try (NativeMemory memory = new NativeMemory();
                LlvmJit jit = new LlvmJit()) {
            jit.add(compiler.compile(NAME, READ, LlvmCompiler.Keep.OBJECT_ONLY));
            KernelFunction read = new KernelFunction(jit.find(NAME));
            MemorySegment block = memory.allocate(units * UNIT, "a block to read");
            block.fill((byte) 1);
            MemorySegment arguments = memory.allocate(Long.BYTES, "arguments");
            arguments.set(ValueLayout.JAVA_LONG, 0, block.address());
            List<MemorySegment> sums = new ArrayList<>();
            for (int thread = 0; thread < pool.threads(); thread++) {
                sums.add(memory.allocate(64, "a sum"));
            }
            double seconds = best((thread, threads) -> read.call(
                    arguments,
                    sums.get(thread),
                    Step.firstUnit(units, thread, threads),
                    Step.firstUnit(units, thread + 1, threads)));
            return units * UNIT / seconds;
        }
    }

    private double best(Step step) {
        List<Step> steps = List.of(step);
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            pool.run(steps);
            best = Math.min(best, System.nanoTime() - start);
        }
        return best / 1e9;
    }
}
