package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.models.run.Checkpoints;
import dev.weft.models.run.RunLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training in a process of its own, which is ended in mid-run. */
class TrainProcessTest {

    private static final int STEPS = 120;

    @TempDir
    Path folder;

    private Path text = Path.of("");

    @BeforeEach
    void writeText() throws IOException {
        text = Files.writeString(
                folder.resolve("text.txt"), "the cat sat on the mat;\nthe dog sat on the log.\n".repeat(12));
    }

    private List<String> train(String out) {
        return new ArrayList<>(List.of(
                "train",
                "gpt",
                "--set",
                "layers=1,heads=2,width=8,context=8",
                "--drop",
                "0.1",
                "--batch",
                "2",
                "--steps",
                Integer.toString(STEPS),
                "--eval-every",
                "10",
                "--data",
                text.toString(),
                "--backend",
                "reference",
                "--out",
                folder.resolve(out).toString()));
    }

    private static Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Reads on until a line starts so. */
    private static void await(BufferedReader reader, String start) throws IOException {
        String line = reader.readLine();
        while (line != null && !line.startsWith(start)) {
            line = reader.readLine();
        }
        assertThat(line).as("a line that starts with " + start).isNotNull();
    }

    /** The loss of each step; a step that was done again counts as it was the last time. */
    private static Map<Object, Object> losses(Path run) {
        Map<Object, Object> losses = new HashMap<>();
        RunLog.read(run).stream()
                .filter(event -> "step".equals(event.get("event")))
                .forEach(event -> losses.put(event.get("step"), event.get("loss")));
        return losses;
    }

    @ParameterizedTest
    @ValueSource(strings = {"f32", "bf16"})
    void aKilledRunGoesOnToTheSameBits(String precision) throws IOException, InterruptedException {
        List<String> whole = train("whole");
        whole.addAll(List.of("--precision", precision));
        assertThat(Run.weft(whole.toArray(String[]::new)).code()).isZero();
        List<String> first = train("killed");
        first.addAll(List.of("--precision", precision));
        Process process = start(first);
        try (BufferedReader reader = process.errorReader()) {
            await(reader, "step 20/");
            process.destroyForcibly().waitFor();
        }
        Path killed = folder.resolve("killed");
        assertThat(Checkpoints.of(killed).last().orElseThrow()).isBetween(10L, STEPS - 1L);

        List<String> again = train("killed");
        again.add("--resume");
        Run resumed = Run.weft(again.toArray(String[]::new));

        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(losses(killed)).hasSize(STEPS).isEqualTo(losses(folder.resolve("whole")));
        assertThat(killed.resolve("model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole").resolve("model.safetensors"));
    }

    /** Ended by SIGTERM, which takes the way of Ctrl-C but cannot be ignored by whoever started the tests. */
    @Test
    void anInterruptedRunKeepsACheckpoint() throws IOException, InterruptedException {
        Process process = start(train("interrupted"));
        try (BufferedReader reader = process.errorReader()) {
            await(reader, "step 10/");
            // Process.destroy would close the streams as well.
            process.toHandle().destroy();
            await(reader, "interrupted after step ");
            assertThat(process.waitFor()).isEqualTo(128 + 15);
        }
        Path run = folder.resolve("interrupted");
        int steps = losses(run).size();
        assertThat(steps).isLessThan(STEPS);
        assertThat(Checkpoints.of(run).last()).hasValue(steps);
    }
}
