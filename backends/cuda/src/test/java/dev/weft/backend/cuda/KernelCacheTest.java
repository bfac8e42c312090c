package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.backend.cuda.KernelCache.Compiled;
import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.nativelib.Cubin;
import dev.weft.backend.spi.CodeStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels are compiled once, whichever process asks, and not once more than needed. */
class KernelCacheTest {

    @TempDir
    private Path folder;

    /** Says of each call what it was asked for. */
    private static final class Counting implements KernelCompiler {
        private final List<Integer> calls = new ArrayList<>();
        private final String recipe;

        Counting(String recipe) {
            this.recipe = recipe;
        }

        @Override
        public synchronized Image compile(List<Source> kernels) {
            calls.add(kernels.size());
            return new Image(kernels.toString().getBytes(StandardCharsets.UTF_8), "log of " + kernels.size());
        }

        @Override
        public Optional<String> recipe() {
            return Optional.of(recipe);
        }

        @Override
        public boolean isWhole(List<Source> kernels) {
            return true;
        }
    }

    private CodeStore store() {
        return CodeStore.in(folder, CodeStore.LIMIT_BYTES);
    }

    private static Map<String, Source> texts(String... texts) {
        Map<String, Source> wanted = new LinkedHashMap<>();
        for (String text : texts) {
            wanted.put(text, new Source("name_of_" + text, text, 1));
        }
        return wanted;
    }

    @Test
    void onlyWhatIsNewIsCompiled() {
        Counting compiler = new Counting("one");
        KernelCache first = new KernelCache(compiler, store(), 2);
        Map<String, Compiled> made = first.compile(texts("a", "b", "c"));
        assertThat(first.compiled()).isEqualTo(3);
        assertThat(first.compile(texts("c", "a"))).containsEntry("a", made.get("a"));
        assertThat(first.compiled()).isEqualTo(3);

        KernelCache second = new KernelCache(compiler, store(), 2);
        Map<String, Compiled> found = second.compile(texts("a", "d", "c"));
        assertThat(second.compiled()).isEqualTo(1);
        assertThat(found.get("a").name()).isEqualTo("name_of_a");
        assertThat(found.get("a").image().bytes())
                .isEqualTo(made.get("a").image().bytes());
        assertThat(found.get("c").image().log()).isEqualTo("log of 1");
        assertThat(compiler.calls).containsExactly(1, 1, 1, 1);
    }

    @Test
    void whatAnotherCompilerMadeIsNotTaken() {
        new KernelCache(new Counting("NVRTC 13.0"), store(), 1).compile(texts("a"));
        KernelCache other = new KernelCache(new Counting("NVRTC 13.1"), store(), 1);
        other.compile(texts("a"));
        assertThat(other.compiled()).isEqualTo(1);
    }

    @Test
    void aDamagedImageIsMadeAgain() throws IOException {
        new KernelCache(new Counting("one"), store(), 1).compile(texts("a"));
        Path image = folder.resolve("code")
                .resolve(KernelCache.IMAGES)
                .resolve(store().items().stream()
                        .filter(item -> item.kind().equals(KernelCache.IMAGES))
                        .findFirst()
                        .orElseThrow()
                        .key());
        byte[] bytes = Files.readAllBytes(image);
        bytes[bytes.length - 1] ^= 1;
        Files.write(image, bytes);

        KernelCache again = new KernelCache(new Counting("one"), store(), 1);
        again.compile(texts("a"));
        assertThat(again.compiled()).isEqualTo(1);
        KernelCache whole = new KernelCache(new Counting("one"), store(), 1);
        whole.compile(texts("a"));
        assertThat(whole.compiled()).isZero();
    }

    @Test
    void aFolderThatCannotBeWrittenOnlyCostsTime() {
        assumeTrue(Files.isDirectory(Path.of("/sys/kernel")), "there is no read-only /sys here");
        CodeStore readOnly = CodeStore.in(Path.of("/sys/weft"), CodeStore.LIMIT_BYTES);
        KernelCache cache = new KernelCache(new Counting("one"), readOnly, 1);
        assertThat(cache.compile(texts("a", "b"))).containsOnlyKeys("a", "b");
        assertThat(readOnly.problem())
                .hasValueSatisfying(said -> assertThat(said).contains("cannot be written"));
    }

    @Test
    void aSecondProcessCompilesNothingAndMapsNoCompiler() throws IOException, InterruptedException {
        assertThat(process("compile"))
                .contains("loaded=true mapped=true problem=none")
                .doesNotContain("compiled=0 ");
        assertThat(process("compile")).contains("compiled=0 ").contains("loaded=false mapped=false problem=none");
    }

    /** What {@link SecondProcess} prints. */
    private String process(String what) throws IOException, InterruptedException {
        return process(folder, what);
    }

    static String process(Path folder, String what) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SecondProcess.class.getName(),
                        folder.toString(),
                        what)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void whatNvrtcMakesIsFoundAsItWasMade() {
        Source source = new Source("scale", "KERNEL void scale(float* x) { x[thread()] *= 2; }\n", 1);
        Map<String, Source> wanted = Map.of("scale", source);
        Compiled made = new KernelCache(Described.compiler(), store(), 1)
                .compile(wanted)
                .get("scale");
        Compiled found = new KernelCache(Described.compiler(), store(), 1)
                .compile(wanted)
                .get("scale");
        assertThat(found.image().bytes()).isEqualTo(made.image().bytes());
        assertThat(found.image().log()).isEqualTo(made.image().log()).contains("Used");
        assertThat(Cubin.read(found.image().bytes()).kernel("scale")).isPresent();
    }
}
