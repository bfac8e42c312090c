package dev.weft.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.cli.Main;
import dev.weft.cli.ShellProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A folder in which the commands of one page run, one after the other. {@code ./weft …} runs in one process that stays, so that Java
 * starts once a page; whatever needs a shell gets one, in which {@code ./weft} is a file.
 */
final class Console implements AutoCloseable {

    private static final Pattern NEEDS_SHELL = Pattern.compile("[|<>;&$*]");
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private final Path folder;
    private @Nullable Process weft;
    private int lastCode;

    Console(Path folder) {
        this.folder = folder;
    }

    /** What a command wrote, and its exit code. */
    record Answer(int code, String text) {}

    /** Puts a file where the page's commands find it. */
    void file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** A command and what is shown below it. */
    private record Shown(String command, String output) {}

    private static List<Shown> commands(String block) {
        List<String> lines = block.lines().toList();
        List<Shown> commands = new ArrayList<>();
        for (int i = 0; i < lines.size(); ) {
            assertThat(lines.get(i)).as("a block of commands begins with $").startsWith("$ ");
            StringBuilder command = new StringBuilder(lines.get(i++).substring(2));
            while (command.toString().endsWith("\\")) {
                command.setLength(command.length() - 1);
                command.append(lines.get(i++).strip());
            }
            List<String> shown = new ArrayList<>();
            while (i < lines.size() && !lines.get(i).startsWith("$ ")) {
                shown.add(lines.get(i++));
            }
            commands.add(new Shown(command.toString(), String.join("\n", shown)));
        }
        return commands;
    }

    /** Runs a block and compares. A command that fails must be shown with its error. */
    void run(Block block) throws IOException, InterruptedException {
        for (Shown shown : commands(block.text())) {
            check(shown.command(), shown.output());
        }
    }

    /** The block with what its commands write now, where that is not what it shows. */
    String again(String block) throws IOException, InterruptedException {
        StringBuilder written = new StringBuilder();
        for (Shown shown : commands(block)) {
            Answer answer = shown.command().equals("echo $?") ? new Answer(0, lastCode + "\n") : run(shown.command());
            lastCode = answer.code();
            String kept = shown.output().isEmpty() ? "" : shown.output() + "\n";
            written.append("$ ").append(shown.command()).append('\n');
            written.append(Masked.fits(answer.text(), shown.output()) ? kept : answer.text());
        }
        return written.toString();
    }

    private void check(String command, String shown) throws IOException, InterruptedException {
        if (command.equals("echo $?")) {
            assertThat(Integer.toString(lastCode)).as("exit code").isEqualTo(shown.strip());
            return;
        }
        Answer answer = run(command);
        Masked.compare("$ " + command, answer.text(), shown);
        if (answer.code() != 0) {
            assertThat(shown)
                    .as("$ %s ended with %d", command, answer.code())
                    .containsPattern("(?m)(\\berror\\b|^…|^[+-]|^weft: )");
        }
        lastCode = answer.code();
    }

    Answer run(String command) throws IOException, InterruptedException {
        if (!command.startsWith("./weft ")
                || NEEDS_SHELL
                        .matcher(command.replaceAll("'[^']*'|\"[^\"]*\"", ""))
                        .find()) {
            return shell(command);
        }
        List<String> words = Words.of(command);
        Process process = weft();
        Writer to = process.outputWriter(StandardCharsets.US_ASCII);
        to.write(ShellProcess.line(words.subList(1, words.size())) + "\n");
        to.flush();
        InputStream from = process.getInputStream();
        String[] head = line(from).split(" ");
        return new Answer(Integer.parseInt(head[0]), utf8(from.readNBytes(Integer.parseInt(head[1]))));
    }

    private Process weft() throws IOException {
        if (weft == null) {
            weft = start(java(ShellProcess.class));
        }
        return weft;
    }

    private Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static List<String> java(Class<?> main) {
        return List.of(
                JAVA.toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
    }

    private Answer shell(String command) throws IOException, InterruptedException {
        Path launcher = folder.resolve("weft");
        if (Files.notExists(launcher)) {
            Files.writeString(launcher, "#!/bin/sh\nexec '" + String.join("' '", java(Main.class)) + "' \"$@\"\n");
            assertThat(launcher.toFile().setExecutable(true)).isTrue();
        }
        Process process = new ProcessBuilder("sh", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        String text = utf8(process.getInputStream().readAllBytes());
        return new Answer(process.waitFor(), text);
    }

    private static String line(InputStream from) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = from.read(); c != '\n'; c = from.read()) {
            assertThat(c).as("the process of weft is there").isNotNegative();
            line.append((char) c);
        }
        return line.toString();
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        if (weft != null) {
            weft.outputWriter(StandardCharsets.US_ASCII).close();
            weft.onExit().join();
        }
    }
}
