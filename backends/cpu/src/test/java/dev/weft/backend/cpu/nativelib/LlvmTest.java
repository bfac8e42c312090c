package dev.weft.backend.cpu.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.DefectException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LlvmTest {
    private static final String ADD = """
            define i64 @%s(i64 %%a, i64 %%b) {
              %%c = add i64 %%a, %%b
              ret i64 %%c
            }
            """;

    private static long call(MemorySegment function, long a, long b) {
        return NativeFunction.at(function, "add", "LLL").size(a, b);
    }

    @Test
    void textBecomesAFunction() {
        LlvmCompiler compiler = new LlvmCompiler();
        try (LlvmJit jit = new LlvmJit()) {
            CompiledModule module = compiler.compile("add", ADD.formatted("add"), LlvmCompiler.Keep.TEXTS);
            jit.add(module);
            assertThat(call(jit.find("add"), 40, 2)).isEqualTo(42);
            assertThat(module.optimized()).contains("@add");
            assertThat(module.assembly()).contains("add:");
        }
    }

    @Test
    void modulesCompileInParallel() {
        LlvmCompiler compiler = new LlvmCompiler();
        List<CompiledModule> modules = IntStream.range(0, 16)
                .parallel()
                .mapToObj(i -> compiler.compile("m" + i, ADD.formatted("add" + i), LlvmCompiler.Keep.OBJECT_ONLY))
                .toList();
        try (LlvmJit jit = new LlvmJit()) {
            modules.forEach(jit::add);
            for (int i = 0; i < modules.size(); i++) {
                assertThat(call(jit.find("add" + i), i, 1)).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void wrongTextIsADefectWithItsLine() {
        assertThatThrownBy(() -> new LlvmCompiler()
                        .compile("bad", "define void @f() {\n  nonsense\n}", LlvmCompiler.Keep.OBJECT_ONLY))
                .isInstanceOf(DefectException.class)
                .hasMessageContaining("kernel bad")
                .hasMessageContaining("bad:2:3");
    }

    @Test
    void anUnknownFunctionIsNamed() {
        try (LlvmJit jit = new LlvmJit()) {
            assertThatThrownBy(() -> jit.find("nowhere"))
                    .isInstanceOf(DefectException.class)
                    .hasMessageContaining("nowhere");
        }
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterwardsIsRefused() {
        LlvmJit jit = new LlvmJit();
        jit.close();
        jit.close();
        assertThatThrownBy(() -> jit.find("f"))
                .isInstanceOf(DefectException.class)
                .hasMessageContaining("closed");
    }
}
