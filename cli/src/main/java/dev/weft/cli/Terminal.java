package dev.weft.cli;

import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Rendering;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err everything else
 * @param interactive whether a person watches {@code err}: progress is then shown in place
 * @param color whether to mark words by color
 * @param reports the folder in which reports of defects are left
 */
record Terminal(PrintStream out, PrintStream err, boolean interactive, boolean color, Path reports) {

    private static final String CLEAR_LINE = "\r\u001b[K";

    /** The process's own streams. The launcher knows whether standard error is a terminal, which Java cannot ask. */
    static Terminal system() {
        boolean interactive = Boolean.getBoolean("weft.terminal");
        boolean color = Colors.wanted(interactive, System.getenv());
        return new Terminal(
                stream(FileDescriptor.out, false),
                stream(FileDescriptor.err, true),
                interactive,
                color,
                Path.of("").toAbsolutePath());
    }

    /** UTF-8 whatever the locale says: the text that models write is. */
    private static PrintStream stream(FileDescriptor to, boolean flushLines) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(to)), flushLines, StandardCharsets.UTF_8);
    }

    /** Neither colors nor progress. */
    static Terminal plain(PrintStream out, PrintStream err, Path reports) {
        return new Terminal(out, err, false, false, reports);
    }

    /** A line that the next one takes the place of; only where somebody watches. */
    void progress(String line) {
        if (interactive) {
            err.print(CLEAR_LINE + (color && !line.isEmpty() ? Colors.faint(line) : line));
            err.flush();
        }
    }

    /** Takes the line of {@link #progress} away. */
    void endProgress() {
        progress("");
    }

    /** A line on standard error. */
    void note(String line) {
        endProgress();
        err.println(line);
    }

    /** What was found in a program. */
    void diagnostics(List<Diagnostic> found) {
        endProgress();
        String text = Rendering.text(found);
        err.print(color ? Colors.diagnostics(text) : text);
    }

    /** Whether results are colored too: only where they are read on a terminal, not in a pipe. */
    boolean colorOfResults() {
        boolean terminal = System.console() != null && System.console().isTerminal();
        return color && Colors.wanted(terminal, System.getenv());
    }

    /** {@code error: …}. */
    void error(String message) {
        note((color ? Colors.red("error:") : "error:") + " " + message);
    }
}
