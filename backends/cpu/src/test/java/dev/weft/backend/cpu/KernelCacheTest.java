package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cpu.nativelib.LlvmCompiler;
import dev.weft.backend.spi.CodeStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels are compiled once, whichever process asks. */
class KernelCacheTest {
    private static final String TEXT = "define void @kernel(ptr %a) {\n  store i64 42, ptr %a\n  ret void\n}\n";

    @TempDir
    private Path folder;

    private byte[] compile(String text) {
        KernelCache cache = new KernelCache(LlvmCompiler::new, CodeStore.in(folder, 1 << 20));
        return cache.compile(List.of(text), LlvmCompiler.Keep.OBJECT_ONLY)
                .getFirst()
                .object();
    }

    @Test
    void theSecondProcessFindsWhatTheFirstMade() {
        byte[] made = compile(TEXT);
        List<CodeStore.Item> kept = CodeStore.in(folder, 1 << 20).items();

        assertThat(compile(TEXT)).isEqualTo(made);
        assertThat(CodeStore.in(folder, 1 << 20).items()).hasSameSizeAs(kept).hasSize(1);
    }

    @Test
    void whatLiesInTheFolderIsWhatIsUsed() {
        compile(TEXT);
        String key = CodeStore.in(folder, 1 << 20).items().getFirst().key();
        byte[] other = {1, 2, 3};
        CodeStore.in(folder, 1 << 20).write(KernelCache.KIND, key, other);

        assertThat(compile(TEXT)).isEqualTo(other);
        assertThat(compile(TEXT.replace("42", "43"))).isNotEqualTo(other);
    }

    @Test
    void damageIsRepaired() throws IOException {
        byte[] made = compile(TEXT);
        String key = CodeStore.in(folder, 1 << 20).items().getFirst().key();
        Path file = folder.resolve("code/kernel").resolve(key);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        assertThat(compile(TEXT)).isEqualTo(made);
        assertThat(compile(TEXT)).isEqualTo(made);
    }
}
