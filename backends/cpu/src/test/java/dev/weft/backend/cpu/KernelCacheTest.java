package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cpu.nativelib.CompiledModule;
import dev.weft.backend.cpu.nativelib.LlvmCompiler;
import dev.weft.backend.spi.CodeStore;
import dev.weft.graph.DefectException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
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

    @Test
    void kernelsThatAreAddedOneByOneComeInTheirOrderAndOnce() {
        List<String> texts = IntStream.range(0, 20)
                .mapToObj(i -> TEXT.replace("42", Integer.toString(i)) + "; " + "x".repeat(i * 37 % 11))
                .toList();
        KernelCache cache = new KernelCache(LlvmCompiler::new, CodeStore.none());
        List<byte[]> together = objects(cache.compile(texts, LlvmCompiler.Keep.OBJECT_ONLY));

        KernelCache fresh = new KernelCache(LlvmCompiler::new, CodeStore.none());
        try (KernelCache.Batch batch = fresh.begin(LlvmCompiler.Keep.OBJECT_ONLY)) {
            texts.forEach(batch::add);
            assertThat(objects(batch.finish())).containsExactlyElementsOf(together);
        }
        assertThat(objects(fresh.compile(texts.reversed(), LlvmCompiler.Keep.OBJECT_ONLY)))
                .containsExactlyElementsOf(together.reversed());
    }

    @Test
    void aKernelThatIsNoneEndsItsBatchAndNotTheNext() {
        KernelCache cache = new KernelCache(LlvmCompiler::new, CodeStore.none());

        assertThatThrownBy(() -> cache.compile(List.of(TEXT, "no kernel"), LlvmCompiler.Keep.OBJECT_ONLY))
                .isInstanceOf(DefectException.class)
                .hasMessageContaining("LLVM does not accept");
        assertThat(cache.compile(List.of(TEXT), LlvmCompiler.Keep.OBJECT_ONLY)).hasSize(1);
    }

    private static List<byte[]> objects(List<CompiledModule> modules) {
        return modules.stream().map(CompiledModule::object).toList();
    }

    @Test
    void whatCannotBeKeptIsSaidAndCompiledAllTheSame() throws IOException {
        // A file where the folder should be: nothing can be written below it.
        Files.writeString(folder.resolve("code"), "");
        KernelCache cache = new KernelCache(LlvmCompiler::new, CodeStore.in(folder, 1 << 20));
        assertThat(cache.problem()).isEmpty();
        assertThat(cache.compile(List.of(TEXT), LlvmCompiler.Keep.OBJECT_ONLY)).hasSize(1);
        assertThat(cache.problem().orElseThrow()).contains("kernel/").contains("cannot be");
    }
}
