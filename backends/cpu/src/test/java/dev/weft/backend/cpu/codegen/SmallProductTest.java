package dev.weft.backend.cpu.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cpu.codegen.SmallProduct.Argument;
import dev.weft.backend.cpu.nativelib.KernelFunction;
import dev.weft.backend.cpu.nativelib.LlvmCompiler;
import dev.weft.backend.cpu.nativelib.LlvmJit;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small products against loops over the same numbers, in places with gaps that nobody may write to. */
class SmallProductTest {
    private static final int GAP = 3;

    @ParameterizedTest
    @CsvSource({
        "1, 16, 1",
        "1, 32, 16",
        "7, 48, 5",
        "8, 32, 32",
        "9, 16, 80",
        "64, 64, 32",
        "13, 80, 256",
        "64, 32, 64",
    })
    void isTheSumInOrder(int rows, int columns, int depth) {
        for (boolean turned : new boolean[] {false, true}) {
            for (boolean alongRows : new boolean[] {false, true}) {
                for (boolean adds : new boolean[] {false, true}) {
                    if (!turned || depth % SmallProduct.LANES == 0) {
                        check(rows, columns, depth, turned, alongRows, adds);
                    }
                }
            }
        }
    }

    /** @param alongRows whether {@code a} is contiguous from row to row */
    private static void check(int rows, int columns, int depth, boolean turned, boolean alongRows, boolean adds) {
        int rowA = alongRows ? 1 : depth + GAP;
        int depthA = alongRows ? rows + GAP : 1;
        int depthB = turned ? 1 : columns + GAP;
        int columnB = turned ? depth + GAP : 1;
        int rowC = columns + GAP;
        float[] a = numbers(1, (rows + GAP) * (depth + GAP));
        float[] b = numbers(2, (depth + GAP) * (columns + GAP));
        float[] c = numbers(3, rows * rowC);
        float[] wanted = c.clone();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                float sum = adds ? c[row * rowC + column] : 0;
                for (int k = 0; k < depth; k++) {
                    sum = Math.fma(a[row * rowA + k * depthA], b[k * depthB + column * columnB], sum);
                }
                wanted[row * rowC + column] = sum;
            }
        }
        long[] words = {0, 0, 0, rows, columns, depth, rowA, depthA, turned ? columnB : depthB, rowC, adds ? 1 : 0};
        assertThat(run(SmallProduct.kernel(turned), words, a, b, c))
                .as("%d x %d x %d, turned %s, along rows %s, adds %s", rows, columns, depth, turned, alongRows, adds)
                .containsExactly(wanted);
    }

    private static float[] run(Kernel kernel, long[] words, float[] a, float[] b, float[] c) {
        try (Arena arena = Arena.ofConfined();
                LlvmJit jit = new LlvmJit()) {
            jit.add(new LlvmCompiler().compile("test", kernel.text(), LlvmCompiler.Keep.OBJECT_ONLY));
            MemorySegment result = arena.allocateFrom(ValueLayout.JAVA_FLOAT, c);
            words[Argument.A.ordinal()] =
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, a).address();
            words[Argument.B.ordinal()] =
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, b).address();
            words[Argument.C.ordinal()] = result.address();
            MemorySegment arguments = arena.allocateFrom(ValueLayout.JAVA_LONG, words);
            new KernelFunction(jit.find("kernel")).call(arguments, MemorySegment.NULL, 0, kernel.units());
            return result.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static float[] numbers(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
