package dev.weft.cli;

import dev.weft.models.Program;
import dev.weft.models.training.TrainingRun;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A process that runs one {@code weft} command after the other in the folder it was started in. A line of standard input is the words
 * of a command, each in Base64 after a dot; the answer is a line with the exit code and the number of bytes written, then those bytes:
 * both streams as they come together on a terminal.
 */
public final class ShellProcess {

    private ShellProcess() {}

    /** @param ignored nothing */
    public static void main(String[] ignored) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            int code = run(words(line), written);
            answers.print(code + " " + written.size() + "\n");
            written.writeTo(answers);
            answers.flush();
        }
    }

    /** A command as {@link #main} reads it. */
    public static String line(List<String> words) {
        StringBuilder line = new StringBuilder();
        for (String word : words) {
            line.append(" .").append(Base64.getEncoder().encodeToString(word.getBytes(StandardCharsets.UTF_8)));
        }
        return line.toString().strip();
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ")) {
            if (word.startsWith(".")) {
                words.add(new String(Base64.getDecoder().decode(word.substring(1)), StandardCharsets.UTF_8));
            }
        }
        return words;
    }

    /** Results are kept back and the rest comes line by line, as {@link Terminal#system} has it. */
    private static int run(List<String> words, ByteArrayOutputStream written) {
        PrintStream out = new PrintStream(new BufferedOutputStream(written), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new BufferedOutputStream(written), true, StandardCharsets.UTF_8);
        int code = Main.run(words, Terminal.plain(out, err, Path.of("")));
        out.flush();
        err.flush();
        return code;
    }

    /**
     * Reads a command line without running it.
     *
     * @throws IllegalArgumentException if there is no such command, or it does not take these words
     */
    public static void parse(List<String> words) {
        List<String> scalars = TrainingRun.scalars(Program.load("gpt"));
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        try {
            var line = Commands.line(Terminal.plain(nowhere, nowhere, Path.of("")));
            var parsed = line.parseArgs(words.toArray(String[]::new));
            // train reads options that it does not know as scalars of the loss.
            if (parsed.hasSubcommand()
                    && parsed.subcommand().commandSpec().userObject() instanceof TrainCommand train) {
                for (String word : train.words) {
                    if (word.startsWith("--")
                            && !scalars.contains(word.substring(2).replaceAll("=.*", ""))) {
                        throw new IllegalArgumentException("weft train: has no option " + word);
                    }
                }
            }
        } catch (picocli.CommandLine.ParameterException wrong) {
            throw new IllegalArgumentException("weft " + String.join(" ", words) + ": " + wrong.getMessage(), wrong);
        }
    }
}
