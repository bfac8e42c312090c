package dev.weft.bench.bundle;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * {@code run doctor|tests|conformance|oracle|bench|all [FOLDER]}: a line for each step, logs packed in FOLDER, and an exit code: 0 if all is well, 1
 * if a step is not, 2 if the command line is wrong, 3 if there is no GPU or a step says that the machine cannot do it.
 */
public final class BundleRun {

    /** Begins a summary that says that this machine cannot go on. */
    static final String NO_GPU = "no GPU: ";

    /** Of all that is printed. */
    static final int MOST_CHARACTERS = 9000;

    private static final int MOST_OF_A_LINE = 400;
    private static final String ARCHIVE = "weft-logs.zip";
    private static final int USAGE = 2;

    /** Ends a step that the machine cannot do. */
    static final int MACHINE = 3;

    private final PrintStream out;
    private final Path logs;
    private int left = MOST_CHARACTERS;

    /** @param logs a folder for what steps print */
    BundleRun(PrintStream out, Path logs) {
        this.out = out;
        this.logs = logs;
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out));
    }

    private static int run(String[] arguments, PrintStream out) {
        List<String> parts = arguments.length == 0 ? List.of() : parts(arguments[0]);
        if (parts.isEmpty() || arguments.length > 2) {
            out.println("usage: run " + String.join("|", Steps.PARTS)
                    + "|all [FOLDER]   logs are packed into FOLDER: $OUT, or logs, if it is not given");
            return USAGE;
        }
        String folder = arguments.length > 1 ? arguments[1] : System.getenv().getOrDefault("OUT", "logs");
        Path results = Path.of(folder).toAbsolutePath();
        try {
            Files.createDirectories(results);
            Path logs = Files.createTempDirectory(results, "steps-"); // there is room for them, or else for nothing
            Steps steps = new Steps(java(), Path.of(System.getProperty("weft.root", "")), results);
            return new BundleRun(out, logs)
                    .run(parts.stream().map(steps::of).flatMap(List::stream).toList(), results);
        } catch (IOException | UncheckedIOException e) {
            out.println("run: " + folder + " must be a folder that can be written: " + e.getMessage());
            return MACHINE;
        }
    }

    private static List<String> parts(String name) {
        return name.equals("all") ? Steps.PARTS : Steps.PARTS.contains(name) ? List.of(name) : List.of();
    }

    /** This runtime with its options, those that the environment adds, and its class path. */
    private static List<String> java() {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dweft.root=" + System.getProperty("weft.root", ""),
                "-Dweft.commit=" + System.getProperty("weft.commit", ""),
                "-Dweft.cuda.compiler=" + System.getProperty("weft.cuda.compiler", "")));
        Stream.of(System.getenv().getOrDefault("WEFT_JAVA_OPTS", "").split(" "))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        return command;
    }

    /** Runs steps until one says that there is no GPU. */
    int run(List<Step> steps, Path results) throws IOException {
        int code = 0;
        for (Step step : steps) {
            Ended ended = run(step);
            code = Math.max(code, ended.code());
            if (ended.noGpu()) {
                break;
            }
        }
        pack(results.resolve(ARCHIVE));
        return code;
    }

    /** @param noGpu whether no other step could do more */
    private record Ended(int code, boolean noGpu) {}

    private Ended run(Step step) throws IOException {
        Path printed = logs.resolve(step.name() + ".out");
        Path said = logs.resolve(step.name() + ".err");
        long start = System.nanoTime();
        Process process = new ProcessBuilder(step.command())
                .redirectOutput(printed.toFile())
                .redirectError(said.toFile())
                .start();
        process.getOutputStream().close();
        boolean inTime;
        try {
            inTime = process.waitFor(step.limit().toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            inTime = false;
        }
        if (!inTime) {
            // Whoever started others goes first, and says nothing of their end.
            List<ProcessHandle> started = process.descendants().toList();
            process.destroyForcibly().onExit().join();
            started.forEach(ProcessHandle::destroyForcibly);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        String summary = summary(step, inTime, process.exitValue(), text(printed), text(said));
        boolean noGpu = summary.startsWith(NO_GPU);
        boolean cannot = noGpu || (inTime && process.exitValue() == MACHINE);
        boolean well = inTime && process.exitValue() == 0 && !cannot;
        print(String.format(
                Locale.ROOT,
                "%-24s %-7s %5.1f s  %s",
                step.name(),
                well ? "ok" : cannot ? "cannot" : inTime ? "FAILED" : "TIME",
                seconds,
                summary));
        return new Ended(well ? 0 : cannot ? MACHINE : 1, noGpu);
    }

    private static String summary(Step step, boolean inTime, int code, String printed, String said) {
        if (!inTime) {
            return "ended after its limit of %d s; last: %s"
                    .formatted(step.limit().toSeconds(), Step.last(printed + "\n" + said));
        }
        // What the machine lacks and what went wrong is on standard error; a summary may still say how far a step came.
        return code == 0
                ? step.summary().apply(printed)
                : printed.isBlank() ? Step.last(said) : step.summary().apply(printed) + "; " + Step.last(said);
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** A line, if there is room for it. */
    private void print(String line) {
        String whole = line.replace('\n', ' ');
        String cut = whole.length() > MOST_OF_A_LINE ? whole.substring(0, MOST_OF_A_LINE - 1) + "…" : whole;
        if (cut.length() + 1 <= left) {
            left -= cut.length() + 1;
            out.println(cut);
            out.flush();
        }
    }

    private void pack(Path archive) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive));
                Stream<Path> files = Files.list(logs)) {
            for (Path file : files.sorted().toList()) {
                zip.putNextEntry(new ZipEntry(String.valueOf(file.getFileName())));
                Files.copy(file, zip);
                zip.closeEntry();
                Files.delete(file);
            }
        }
        Files.delete(logs);
    }
}
