package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A platform without natives: processes on whose class path the libraries of the CPU backend are not there. */
class WithoutNativesTest {

    private static final String LACK = "cpu backend: its native libraries are not on the class path; add the artifact"
            + " org.bytedeco:llvm with classifier ";
    private static final String OFFER = "; or choose --backend reference";

    @TempDir
    private Path folder;

    private Path text = Path.of("");

    @BeforeEach
    void writeText() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat\n".repeat(20));
    }

    private Run weft(String... arguments) throws IOException, InterruptedException {
        return Run.withoutLlvm(folder, arguments);
    }

    private Run train(String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("train", "gpt", "--data", text.toString(), "--steps", "2"));
        arguments.addAll(List.of("--set", "layers=1,heads=2,width=8,context=8", "--batch", "2", "--out", "run"));
        arguments.addAll(List.of(more));
        return weft(arguments.toArray(String[]::new));
    }

    @Test
    void backendsAndDoctorSayWhatIsMissing() throws IOException, InterruptedException {
        Run backends = weft("backends");
        assertThat(backends.code()).isZero();
        assertThat(backends.out())
                .containsPattern("(?m)^reference +1 ")
                .containsPattern("(?m)^cpu +0  " + LACK + "\\S+" + OFFER + "$");

        Run doctor = weft("doctor");
        assertThat(doctor.code()).isZero();
        assertThat(doctor.out())
                .contains("backend cpu, score 0: " + LACK)
                .contains(OFFER)
                .contains("Only the reference backend can run here");
    }

    @Test
    void withoutBackendTheReferenceTrainsAndSaysSo() throws IOException, InterruptedException {
        Run run = train("--json");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains(LACK).contains("computing with the reference backend");
        assertThat(run.out()).contains("\"backend\":\"reference\"");
    }

    @Test
    void whoAsksForTheCpuBackendIsToldWhatToDo() throws IOException, InterruptedException {
        Run run = train("--backend", "cpu");

        assertThat(run.code()).isEqualTo(ExitCode.MACHINE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("error: " + LACK)
                .endsWith(OFFER + "\n")
                .doesNotContain("\tat ");
        assertThat(folder.resolve("run")).doesNotExist();
    }
}
