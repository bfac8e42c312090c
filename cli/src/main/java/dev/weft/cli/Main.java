package dev.weft.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** The way in. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        Terminal terminal = Terminal.system();
        int code = run(List.of(arguments), terminal);
        terminal.out().flush();
        terminal.err().flush();
        System.exit(code);
    }

    /**
     * Runs one command.
     *
     * @return the exit code
     */
    static int run(List<String> arguments, Terminal terminal) {
        CommandLine line = Commands.line(terminal, arguments);
        line.setColorScheme(Help.defaultColorScheme(terminal.colorOfResults() ? Help.Ansi.ON : Help.Ansi.OFF));
        line.setOut(writer(terminal.out()));
        line.setErr(writer(terminal.err()));
        line.setParameterExceptionHandler((wrong, words) -> Failures.usage(wrong, arguments, terminal));
        line.setExecutionExceptionHandler(
                (failure, command, parsed) -> failure instanceof CommandLine.ParameterException wrong
                        ? Failures.usage(wrong, arguments, terminal)
                        : Failures.report(failure, arguments, terminal));
        try {
            return line.execute(arguments.toArray(String[]::new));
        } catch (Error failure) { // picocli hands over exceptions only
            return Failures.report(failure, arguments, terminal);
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
