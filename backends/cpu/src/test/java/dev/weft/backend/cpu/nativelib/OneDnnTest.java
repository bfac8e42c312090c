package dev.weft.backend.cpu.nativelib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cpu.nativelib.MatmulProblem.Strides;
import dev.weft.graph.type.ElementType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneDnnTest {
    private final OneDnn library = new OneDnn();
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        library.close();
        library.close();
        arena.close();
    }

    private MemorySegment random(long count, long seed) {
        Random random = new Random(seed);
        MemorySegment memory = arena.allocate(4 * count, 64);
        for (long i = 0; i < count; i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
        }
        return memory;
    }

    private void agrees(MatmulProblem p) {
        MemorySegment a = random(extent(p.a(), p.batch(), p.m(), p.k()), 1);
        MemorySegment b = random(extent(p.b(), p.batch(), p.k(), p.n()), 2);
        MemorySegment c = random(extent(p.c(), p.batch(), p.m(), p.n()), 3);
        MemorySegment before = random(extent(p.c(), p.batch(), p.m(), p.n()), 3);
        Matmul matmul = library.matmul(p).orElseThrow();
        try (MatmulCall call = matmul.call(arena.allocate(matmul.scratchBytes() + 64, 64))) {
            call.execute(a.address(), b.address(), c.address());
        }
        for (long i = 0; i < p.batch(); i++) {
            for (long row = 0; row < p.m(); row++) {
                for (long column = 0; column < p.n(); column++) {
                    double sum = p.accumulate() ? at(before, p.c(), i, row, column) : 0;
                    for (long k = 0; k < p.k(); k++) {
                        sum += (double) at(a, p.a(), i, row, k) * at(b, p.b(), i, k, column);
                    }
                    assertThat((double) at(c, p.c(), i, row, column))
                            .isCloseTo(sum, org.assertj.core.data.Offset.offset(1e-5 * Math.sqrt(p.k())));
                }
            }
        }
    }

    private static long extent(Strides strides, long batch, long rows, long columns) {
        return 1 + (batch - 1) * strides.batch() + (rows - 1) * strides.row() + (columns - 1) * strides.column();
    }

    private static float at(MemorySegment memory, Strides strides, long batch, long row, long column) {
        return memory.getAtIndex(
                ValueLayout.JAVA_FLOAT, batch * strides.batch() + row * strides.row() + column * strides.column());
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,1,1",
        "1,7,9,8",
        "1,8,1,255",
        "1,1,17,64",
        "1,257,3,5",
        "1,64,64,1",
        "3,7,9,8",
        "5,64,64,32",
        "2,1,33,16",
        "2,33,1,16",
        "2,9,9,1"
    })
    void plainTransposedAndAccumulated(long batch, long m, long n, long k) {
        for (boolean transposeA : new boolean[] {false, true}) {
            for (boolean transposeB : new boolean[] {false, true}) {
                for (boolean accumulate : new boolean[] {false, true}) {
                    agrees(new MatmulProblem(
                            ElementType.F32,
                            ElementType.F32,
                            batch,
                            m,
                            n,
                            k,
                            transposeA ? new Strides(m * k, 1, m) : new Strides(m * k, k, 1),
                            transposeB ? new Strides(k * n, 1, k) : new Strides(k * n, n, 1),
                            new Strides(m * n, n, 1),
                            accumulate));
                }
            }
        }
    }

    @Test
    void rowsAndBatchesMayBeStrided() {
        // One head's queries and keys inside (batch, time, 3, heads, depth) storage.
        agrees(new MatmulProblem(
                ElementType.F32,
                ElementType.F32,
                4,
                16,
                16,
                8,
                new Strides(8, 96, 1),
                new Strides(8, 1, 96),
                new Strides(256, 16, 1),
                false));
    }

    @Test
    void noReferenceImplementationIsUsed() {
        MatmulProblem strided = new MatmulProblem(
                ElementType.F32,
                ElementType.F32,
                1,
                16,
                16,
                16,
                new Strides(0, 64, 2),
                new Strides(0, 16, 1),
                new Strides(0, 16, 1),
                false);
        assertThat(library.matmul(strided)).isEmpty();
        assertThat(library.matmul(MatmulProblem.rowMajor(ElementType.F32, 64, 64, 64)))
                .hasValueSatisfying(m -> assertThat(m.implementation()).doesNotStartWith("ref:"));
    }

    @Test
    void oneProblemIsOnePrimitive() {
        MatmulProblem problem = MatmulProblem.rowMajor(ElementType.F32, 8, 8, 8);
        assertThat(library.matmul(problem).orElseThrow())
                .isSameAs(library.matmul(problem).orElseThrow());
    }

    @Test
    void openMpStartsNoThreads() throws Exception {
        Matmul matmul = library.matmul(MatmulProblem.rowMajor(ElementType.F32, 512, 512, 512))
                .orElseThrow();
        MemorySegment a = random(512 * 512, 1);
        MemorySegment c = random(512 * 512, 2);
        CountDownLatch ran = new CountDownLatch(1);
        CountDownLatch counted = new CountDownLatch(1);
        int[] before = new int[1];
        Thread worker = Thread.ofPlatform().start(() -> {
            before[0] = openMpThreads();
            OneDnn.enterThread();
            try (MatmulCall call = matmul.call(arena.allocate(matmul.scratchBytes() + 64, 64))) {
                call.execute(a.address(), a.address(), c.address());
                ran.countDown();
                counted.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        ran.await();
        // JVM threads set their names; threads of an OpenMP team would inherit that of the worker that spawned them.
        assertThat(openMpThreads()).isEqualTo(before[0]);
        counted.countDown();
        worker.join();
    }

    /** Threads of this process that have no name of their own but that of Java's default, as natively made ones do. */
    private static int openMpThreads() {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return (int) tasks.filter(task -> name(task).startsWith("Thread-")).count();
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException gone) {
            return "";
        }
    }
}
