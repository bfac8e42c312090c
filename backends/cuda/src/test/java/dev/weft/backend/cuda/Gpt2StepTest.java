package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.type.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** In f32; and in a second process, from what was kept of it. */
class Gpt2StepTest extends Gpt2Step {
    Gpt2StepTest() {
        super(ElementType.F32, 37, 306);
    }

    @Test
    void aSecondProcessIsReadyWithoutACompiler() throws IOException, InterruptedException {
        Files.write(
                folder.resolve(SecondProcess.EXECUTABLE), session.executable().orElseThrow());
        String said = KernelCacheTest.process(folder, "load");
        System.out.print(said);
        assertThat(said).contains("compiled=0 ").contains("loaded=false mapped=false problem=none");
    }
}
