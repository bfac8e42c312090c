package dev.weft.models.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

    @TempDir
    Path folder;

    private Path started(String program) {
        try (RunFolder run = RunFolder.create(folder.resolve("runs"), program)) {
            run.writeRun(Map.of("program", program, "seed", 1));
            run.log().write(RunEvent.START, Map.of("program", program));
            return run.path();
        }
    }

    @Test
    void newRunsAreNumberedAndNeverOverwritten() {
        assertThat(started("gpt")).hasFileName("gpt-1");
        assertThat(started("gpt")).hasFileName("gpt-2");
        assertThat(started("mlp")).hasFileName("mlp-1");
    }

    @Test
    void aChosenFolderMustBeFree() throws IOException {
        Path run = started("gpt");
        assertThatThrownBy(() -> RunFolder.createAt(run))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("holds another run");
        Path other = Files.createDirectory(folder.resolve("other"));
        RunFolder.createAt(other).close();
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.writeString(full.resolve("thesis.txt"), "all of it");
        assertThatThrownBy(() -> RunFolder.createAt(full))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is not empty");
    }

    @Test
    void aSecondWriterGetsASentence() {
        Path run = started("gpt");
        try (RunFolder first = RunFolder.resume(run)) {
            assertThatThrownBy(() -> RunFolder.resume(first.path()))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("is being written by process "
                            + ProcessHandle.current().pid());
        }
        RunFolder.resume(run).close();
    }

    @Test
    void whatIsNoRunIsNotResumed() throws IOException {
        assertThatThrownBy(() -> RunFolder.resume(folder.resolve("none")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("there is no such folder");
        assertThatThrownBy(() -> RunFolder.resume(folder))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is not a run");
        assertThat(Files.exists(folder.resolve("LOCK"))).isFalse();
    }

    @Test
    void theLatestRunIsTheOneLastWrittenTo() throws IOException {
        assertThat(RunFolder.latest(folder.resolve("runs"))).isEmpty();
        Path first = started("gpt");
        Path second = started("gpt");
        Files.setLastModifiedTime(first.resolve("log.jsonl"), FileTime.fromMillis(2_000_000));
        Files.setLastModifiedTime(second.resolve("log.jsonl"), FileTime.fromMillis(1_000_000));
        assertThat(RunFolder.latest(folder.resolve("runs"))).contains(first);
    }

    @Test
    void theRequestAndTheProgramAreKept() {
        Path run = started("gpt");
        try (RunFolder open = RunFolder.resume(run)) {
            open.writeProgram(Map.of("gpt.weft", "model GPT() {}\n"));
        }
        assertThat(RunFolder.readRun(run)).containsEntry("program", "gpt").containsEntry("seed", 1);
        assertThat(RunFolder.program(run).resolve("gpt.weft")).hasContent("model GPT() {}\n");
    }

    @Test
    void eventsAreReadInOrder() {
        Path run = started("gpt");
        try (RunFolder open = RunFolder.resume(run)) {
            open.log().write(RunEvent.STEP, Map.of("step", 0, "loss", Double.NaN));
        }
        List<Map<String, Object>> events = RunLog.read(run);
        assertThat(events).extracting(event -> event.get("event")).containsExactly("start", "step");
    }

    @Test
    void anUnfinishedLastLineIsOverlookedAndThenCutOff() throws IOException {
        Path run = started("gpt");
        Files.writeString(run.resolve("log.jsonl"), "{\"event\":\"step\",\"st", StandardOpenOption.APPEND);
        assertThat(RunLog.read(run)).hasSize(1);
        try (RunFolder open = RunFolder.resume(run)) {
            open.log().write(RunEvent.RESUME, Map.of("step", 0));
        }
        assertThat(RunLog.read(run)).extracting(event -> event.get("event")).containsExactly("start", "resume");
    }

    @Test
    void aDamagedLineInTheMiddleIsNamed() throws IOException {
        Path run = started("gpt");
        Files.writeString(run.resolve("log.jsonl"), "oops\n{\"event\":\"step\"}\n", StandardOpenOption.APPEND);
        assertThatThrownBy(() -> RunLog.read(run))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("line 2");
    }

    @Test
    void whatHasChangedIsNamed() {
        Identity then = new Identity("p", "d", "t", 1);
        then.requireSame(Identity.fromJson(then.toJson(), "run.json"), folder);
        assertThatThrownBy(() -> then.requireSame(new Identity("p", "other", "t", 1), folder))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("its data has changed")
                .hasMessageContaining("d then, other now");
        assertThatThrownBy(() -> Identity.fromJson(Map.of("seed", 1), "run.json"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("run.json");
    }
}
