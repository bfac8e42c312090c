package dev.weft.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have in common: where they write, and the options that say how. */
abstract class Action implements Callable<Integer> {

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    final OutputOptions output = new OutputOptions();

    private final Terminal terminal;
    private final List<Runnable> afterwards = new ArrayList<>();

    Action(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Does it. Exceptions say what went wrong: {@link Failures} knows what each means. */
    abstract int run();

    @Override
    public final Integer call() {
        int code = run();
        terminal.out().flush();
        afterwards.forEach(Runnable::run);
        return code;
    }

    /** Does this when the command has done its work. */
    final void afterwards(Runnable last) {
        afterwards.add(last);
    }

    final Terminal terminal() {
        return terminal;
    }

    /** Where results go. */
    final PrintStream out() {
        return terminal.out();
    }

    /**
     * Prints the result: as one JSON object if that was asked for, and in words otherwise. It is out before the next line is said on
     * standard error.
     */
    final void result(Map<String, ?> json, Consumer<PrintStream> words) {
        if (output.json) {
            out().println(JsonText.of(json));
        } else {
            words.accept(out());
        }
        out().flush();
    }

    /** A line about what happens, unless all should be quiet. */
    final void note(String line) {
        if (!output.quiet) {
            terminal.note(line);
        }
    }

    /** A line for those who want to know more. */
    final void detail(String line) {
        if (output.verbose) {
            terminal.note(line);
        }
    }

    /** A line in place of the one before; only where somebody watches, and not if all should be quiet. */
    final void progress(String line) {
        if (!output.quiet) {
            terminal.progress(line);
        }
    }

    /** Refuses the command line if an option's number is too small. */
    final void requireAtLeast(long least, String option, long got) {
        if (got < least) {
            throw refused("%s: must be at least %d, got %d".formatted(option, least, got));
        }
    }

    /** What to throw where the command line is wrong: exit code 2. */
    final ParameterException refused(String message) {
        if (spec == null) {
            throw new IllegalStateException("action: is run outside of a command line");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
