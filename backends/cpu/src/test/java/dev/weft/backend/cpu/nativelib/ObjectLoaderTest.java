package dev.weft.backend.cpu.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Object files become functions without LLVM's linker. */
class ObjectLoaderTest {

    /** Reads a table of constants, and calls another function of the file and one of the C library. */
    private static final String TABLE = """
            @table = private unnamed_addr constant [5 x i64] [i64 3, i64 1, i64 4, i64 1, i64 5]
            declare ptr @memset(ptr, i32, i64)
            declare i64 @strnlen(ptr, i64)

            define internal i64 @pick(i64 %i) noinline {
              %at = getelementptr i64, ptr @table, i64 %i
              %value = load i64, ptr %at
              ret i64 %value
            }

            define i64 @sum(ptr %text, i64 %i) {
              %filled = call ptr @memset(ptr %text, i32 7, i64 %i)
              %length = call i64 @strnlen(ptr %text, i64 100)
              %picked = call i64 @pick(i64 %i)
              %sum = add i64 %length, %picked
              ret i64 %sum
            }
            """;

    /** A switch that LLVM makes a table of jumps of. */
    private static final String JUMPS = """
            define i64 @choose(i64 %i, i64 %x) {
              switch i64 %i, label %other [ i64 0, label %a  i64 1, label %b  i64 2, label %c  i64 3, label %d  i64 4, label %e ]
            a:
              %va = mul i64 %x, %x
              ret i64 %va
            b:
              %vb = add i64 %x, 100
              ret i64 %vb
            c:
              %vc = xor i64 %x, 85
              ret i64 %vc
            d:
              %vd = udiv i64 %x, 3
              ret i64 %vd
            e:
              %ve = call i64 @llvm.ctpop.i64(i64 %x)
              ret i64 %ve
            other:
              ret i64 -1
            }
            declare i64 @llvm.ctpop.i64(i64)
            """;

    @BeforeEach
    void isX86() {
        assumeTrue(NativeLibraries.facts().platform().endsWith("-x86_64"), "object files of x86-64 only");
    }

    private static byte[] object(String name, String text) {
        return new LlvmCompiler()
                .compile(name, text, LlvmCompiler.Keep.OBJECT_ONLY)
                .object();
    }

    @Test
    void constantsOwnFunctionsAndThoseOfTheCLibraryAreReached() {
        try (LoadedCode code = LoadedCode.of(List.of(object("choose", JUMPS), object("sum", TABLE)));
                Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(16);
            NativeFunction sum = NativeFunction.at(code.find("sum"), "sum", "LPL");
            assertThat(sum.size(text, 4L)).isEqualTo(4 + 5);
            assertThat(text.get(ValueLayout.JAVA_BYTE, 3)).isEqualTo((byte) 7);
            NativeFunction choose = NativeFunction.at(code.find("choose"), "choose", "LLL");
            long[] chosen = new long[6];
            Arrays.setAll(chosen, i -> choose.size((long) i, 12L));
            assertThat(chosen).containsExactly(144, 112, 89, 4, 2, -1);
        }
    }

    @Test
    void aFunctionThatIsNotThereIsADefect() {
        try (LoadedCode code = LoadedCode.of(List.of())) {
            assertThatThrownBy(() -> code.find("nowhere"))
                    .isInstanceOf(DefectException.class)
                    .hasMessageContaining("nowhere");
        }
    }

    @Test
    void whatTheCLibraryLacksIsNamed() {
        String text = "declare i64 @weft_has_no_such(i64)\n"
                + "define i64 @f(i64 %a) {\n  %b = call i64 @weft_has_no_such(i64 %a)\n  ret i64 %b\n}\n";

        assertThatThrownBy(() -> LoadedCode.of(List.of(object("f", text))))
                .isInstanceOf(MachineException.class)
                .hasMessageContaining("weft_has_no_such");
    }

    @Test
    void whatIsNoObjectFileIsRefused() {
        assertThatThrownBy(() -> LoadedCode.of(List.of(new byte[100])))
                .isInstanceOf(MachineException.class)
                .hasMessageContaining("object file");
    }

    @Test
    void aDamagedFileIsRefusedOrLoadedAndNeverASignal() {
        byte[] whole = object("sum", TABLE);
        long seed = 20261122;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            byte[] damaged = round % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (damaged.length > 0) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            }
            try (LoadedCode code = LoadedCode.of(List.of(damaged))) {
                assertThat(code).as("seed %d, round %d", seed, round).isNotNull();
            } catch (MachineException refused) {
                assertThat(refused).as("seed %d, round %d", seed, round).hasMessageMatching("(?s).+");
            }
        }
    }
}
