package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What Weft does to the process that embeds it, seen in a process of its own. */
@EnabledOnOs(OS.LINUX) // asks /proc
class EmbeddedProcessTest {

    /** What allocators and Java's compiled code may still take once everything has been loaded: far less than a session leaked each time. */
    private static final long MOST_GROWTH_KIB = 32 << 10;

    @TempDir
    Path folder;

    /** What the process printed as {@code name=value}; it must have printed nothing else and ended well. */
    private Map<String, String> run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                // The JVM's own threads do not come and go.
                "-XX:+UseSerialGC",
                "-XX:-UseDynamicNumberOfCompilerThreads",
                // What a program that embeds Weft has to say; and to look at shutdown hooks.
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        int code = process.waitFor();

        assertThat(Files.readString(err, StandardCharsets.UTF_8)).isEmpty();
        assertThat(code).isZero();
        Map<String, String> said = new HashMap<>();
        for (String line : Files.readAllLines(out)) {
            assertThat(line).matches("[a-z_]+=\\S*");
            said.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        }
        return said;
    }

    @Test
    void sixtyFourThreadsGetTheirOwnTextsAndTheProcessStaysAsItWas() throws IOException, InterruptedException {
        Map<String, String> said = run(Embedded.class, "2");

        assertThat(said).as("texts equal those that each thread gets alone").containsEntry("equal", "64");
        assertThat(Integer.parseInt(said.get("extra_threads")))
                .as("threads beyond those of the JVM and of the callers, at any moment")
                .isBetween(1, Integer.parseInt(said.get("threads")) + 2);
        assertThat(said)
                .as("a second after the last call: a thread that waits, and no processor time")
                .containsEntry("idle_threads", "1")
                .containsEntry("idle_ticks", "0");
        assertThat(said)
                .as("rounding and denormals of the callers' threads, shutdown hooks, properties, handlers")
                .containsEntry("changed_modes", "0")
                .containsEntry("hooks", "true")
                .containsEntry("properties", "true")
                .containsEntry("handler", "true");
    }

    /** By default a few; the whole thousand with {@code -Dweft.slow=true}. */
    @Test
    void openingTrainingAndClosingAgainAndAgainKeepsNothing() throws IOException, InterruptedException {
        int cycles = Boolean.getBoolean("weft.slow") ? 1000 : 25;

        Map<String, String> said = run(Cycles.class, "" + cycles);

        assertThat(said.get("late_files")).as("open files").isEqualTo(said.get("early_files"));
        assertThat(said.get("late_threads")).as("threads").isEqualTo(said.get("early_threads"));
        long early = Long.parseLong(said.get("early_kib"));
        assertThat(Long.parseLong(said.get("late_kib")))
                .as("resident memory in KiB, from %d after a fifth of %d cycles", early, cycles)
                .isLessThan(early + MOST_GROWTH_KIB);
    }
}
