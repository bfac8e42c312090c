package dev.weft.bench.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A side in a process of its own, so that nothing disturbs its pools of threads and it disturbs nobody. One thread at a time; closing
 * ends the process.
 */
public final class SideProcess implements AutoCloseable {

    private static final int LAST_WORDS = 5;
    private static final long PATIENCE_SECONDS = 600;
    private static final long FAREWELL_SECONDS = 20;

    private final String label;
    private final Process process;
    private final BufferedWriter requests;
    private final BlockingQueue<Optional<String>> answers = new ArrayBlockingQueue<>(16);
    private final Path said;

    /**
     * Starts a process.
     *
     * @param label opens errors: which side it is
     * @param environment added to that of this process
     * @param folder for what it says on standard error
     * @throws UserException if it cannot be started
     */
    public SideProcess(String label, List<String> command, Map<String, String> environment, Path folder) {
        this.label = label;
        try {
            said = Files.createTempFile(folder, "side", ".log");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(said.toFile());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UserException(label + ": must be a command that can be started; " + e.getMessage(), e);
        }
        requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().name("bench-answers").start(() -> listen(lines));
    }

    private void listen(BufferedReader lines) {
        try (lines) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.put(Optional.of(line));
            }
        } catch (IOException _) {
            // The end of the process, which is told below.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        answers.add(Optional.empty());
    }

    /**
     * Gives the side its work.
     *
     * @return what it is, by its own words
     * @throws MachineException with its sentence if it cannot do this work here
     * @throws UserException if it does not answer as the protocol has it
     */
    public String open(Opening opening) {
        ObjectNode answer = ask(Lines.of(opening).put(Lines.DO, Lines.OPEN));
        if (answer.has("unavailable")) {
            throw new MachineException(answer.path("unavailable").asText());
        }
        if (!answer.path("ready").isTextual()) {
            throw new UserException(
                    "%s: must answer open with {\"ready\": NAME} or {\"unavailable\": SENTENCE}, got %s; %s"
                            .formatted(label, answer, lastWords()));
        }
        return answer.path("ready").asText();
    }

    /**
     * Has steps done.
     *
     * @throws UserException if the side ends, or does not answer with as many milliseconds and losses
     */
    public Steps steps(int first, int count) {
        ObjectNode answer = ask(
                Lines.object().put(Lines.DO, Lines.STEPS).put("first", first).put("count", count));
        @Nullable Steps steps = null;
        try {
            steps = answer.has("millis") && answer.has("losses") ? Lines.read(answer, Steps.class) : null;
        } catch (IllegalArgumentException _) {
            // Told with the whole answer below.
        }
        if (steps == null || steps.millis().size() != count || steps.losses().size() != count) {
            throw new UserException(
                    "%s: must answer steps with {\"millis\": [%d numbers], \"losses\": [%2$d numbers]}, got %s; %s"
                            .formatted(label, count, answer, lastWords()));
        }
        return steps;
    }

    /** The most memory that the process and those it started ever had resident, in bytes; empty where the system does not tell. */
    public OptionalLong peakResidentBytes() {
        return ResidentMemory.peak(process.toHandle());
    }

    private ObjectNode ask(ObjectNode request) {
        try {
            requests.write(request.toString());
            requests.newLine();
            requests.flush();
        } catch (IOException _) {
            throw ended();
        }
        try {
            Optional<String> line = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new UserException(
                        "%s: must answer within %d s, got nothing; %s".formatted(label, PATIENCE_SECONDS, lastWords()));
            }
            return Lines.parse(line.orElseThrow(this::ended));
        } catch (IllegalArgumentException e) {
            throw new UserException(label + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException(label + ": interrupted", e);
        }
    }

    private UserException ended() {
        String code;
        try {
            code = process.waitFor(FAREWELL_SECONDS, TimeUnit.SECONDS)
                    ? "ended with exit code " + process.exitValue()
                    : "closed its standard output";
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            code = "ended";
        }
        return new UserException("%s: must answer every line, but %s; %s".formatted(label, code, lastWords()));
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(said);
            return lines.isEmpty()
                    ? "it said nothing on standard error"
                    : "its last words:\n  "
                            + String.join("\n  ", lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> started = process.descendants().toList();
        try (requests) {
            requests.write(Lines.object().put(Lines.DO, Lines.END).toString());
            requests.newLine();
        } catch (IOException _) {
            // It has ended already.
        }
        try {
            if (!process.waitFor(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        started.forEach(ProcessHandle::destroyForcibly);
    }
}
