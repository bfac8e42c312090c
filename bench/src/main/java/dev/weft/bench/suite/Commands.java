package dev.weft.bench.suite;

import dev.weft.graph.MachineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command {@code ./weft} as a person types it, with cache folders of its own. */
final class Commands {

    private static final double NANOS_PER_MILLI = 1e6;

    private final Path weft;
    private final Path folder;
    private int caches;
    private String run = "";

    /**
     * @param root the folder of the project
     * @param folder for files that nobody needs afterwards
     * @throws MachineException if {@code ./weft} is not there
     */
    Commands(Path root, Path folder) {
        this.weft = root.resolve("weft");
        this.folder = folder;
        if (!Files.isExecutable(weft)) {
            throw new MachineException("commands: need ./weft, which is not in " + root.toAbsolutePath());
        }
    }

    /** What a command printed, and how long it took. */
    record Done(String out, double millis) {}

    /** A cache folder that nobody used. */
    Path emptyCache() {
        return folder.resolve("cache-" + caches++);
    }

    /** The folder of a small model of characters, trained for two steps. */
    String smallRun() {
        if (run.isEmpty()) {
            String made = folder.resolve("small-run").toString();
            run(
                    List.of("train", "gpt", "--tokenizer", "char", "--steps", "2", "--out", made),
                    folder.resolve("cache-small-run"));
            run = made;
        }
        return run;
    }

    /** @throws MachineException if the command fails, with what it said */
    Done run(List<String> arguments, Path cache) {
        List<String> command = new ArrayList<>(List.of(weft.toString()));
        command.addAll(arguments);
        try {
            Path said = Files.createTempFile(folder, "command", ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(folder.toFile()).redirectError(said.toFile());
            builder.environment().put("WEFT_CACHE_DIR", cache.toString());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            long start = System.nanoTime();
            Process process = builder.start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            double millis = (System.nanoTime() - start) / NANOS_PER_MILLI;
            if (code != 0) {
                throw new MachineException("weft %s: ended with %d: %s"
                        .formatted(
                                String.join(" ", arguments),
                                code,
                                Files.readString(said).strip()));
            }
            return new Done(out, millis);
        } catch (IOException e) {
            throw new MachineException("weft: cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MachineException("weft: interrupted", e);
        }
    }
}
