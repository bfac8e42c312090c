package dev.weft.cli;

import dev.weft.dsl.diagnostic.Suggestions;
import dev.weft.graph.MachineException;
import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.models.ProgramException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what went wrong, and with which exit code that ends. */
final class Failures {

    private Failures() {}

    private static final Pattern PAIRS =
            Pattern.compile("Value for option option '(--[a-z-]+)'.* should be in KEY=VALUE.* format but was (.*)");

    /** How the message begins where an option is there and its value is not. */
    private static final String NO_VALUE = "Missing required parameter for option";

    private static final Pattern NO_NUMBER = Pattern.compile(
            "Invalid value for option '(-[^']+)'(?: \\(.*?\\))?: '(.*)' is not an? (double|int|long|float)");

    private static final Pattern GOT = Pattern.compile(" but was '(.*)'$");

    /** A failure while a command ran. */
    static int report(Throwable failure, List<String> arguments, Terminal terminal) {
        return switch (failure) {
            case ProgramException wrong -> {
                terminal.diagnostics(wrong.diagnostics());
                int count = wrong.diagnostics().size();
                terminal.error(count == 1 ? "1 finding" : count + " findings");
                yield ExitCode.USER;
            }
            case RangeException wrong -> {
                terminal.error(asNamed(wrong, arguments));
                yield ExitCode.USAGE;
            }
            case UserException wrong -> {
                terminal.error(asNamed(wrong, arguments));
                yield ExitCode.USER;
            }
            case MachineException lack -> {
                terminal.error(asNamed(lack, arguments));
                yield ExitCode.MACHINE;
            }
            case OutOfMemoryError lack -> {
                terminal.error(
                        "memory: %d MiB of Java heap did not suffice (%s); give more: WEFT_JAVA_OPTS=-Xmx8g weft …"
                                .formatted(Runtime.getRuntime().maxMemory() >> 20, lack.getMessage()));
                yield ExitCode.MACHINE;
            }
            default -> defect(failure, arguments, terminal);
        };
    }

    private static String asNamed(RuntimeException failure, List<String> arguments) {
        return NamedPaths.in(String.valueOf(failure.getMessage()), arguments);
    }

    private static int defect(Throwable failure, List<String> arguments, Terminal terminal) {
        Path report = DefectReport.write(failure, arguments, terminal.reports());
        terminal.error("this is a defect of Weft, not of what you did: " + failure + "\n  " + report
                + " has the details; please attach it to a report");
        return ExitCode.DEFECT;
    }

    /** A command line that cannot be understood. */
    static int usage(ParameterException wrong, List<String> arguments, Terminal terminal) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        List<ComingFrom.Answer> answers = ComingFrom.answers(
                command.getCommandSpec().name(),
                arguments,
                command.getCommandSpec().optionsMap().keySet());
        if (!answers.isEmpty()) {
            String tools =
                    answers.stream().map(ComingFrom.Answer::tool).distinct().collect(Collectors.joining(" and "));
            terminal.error(name + ": is given words of " + tools + "; docs/coming-from.md has them all");
            answers.forEach(answer -> terminal.note("  " + answer.text()));
        } else if (wrong instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            terminal.error(unmatched(command, unmatched.getUnmatched().getFirst()));
        } else if (wrong instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            ArgSpec first = missing.getMissing().getFirst();
            terminal.error(
                    name + ": " + (missing.getMessage().startsWith(NO_VALUE) ? withoutValue(first) : missing(first)));
        } else if (values(wrong.getArgSpec()).isEmpty() || !wrong.getMessage().contains("expected one of")) {
            terminal.error(name + ": " + plain(wrong.getMessage()));
        } else {
            terminal.error(name + ": " + noSuchValue(wrong));
        }
        terminal.note("  " + name + " --help lists what there is");
        return ExitCode.USAGE;
    }

    private static String missing(ArgSpec argument) {
        List<String> values = values(argument);
        String what =
                values.isEmpty() ? String.join(" ", argument.description()) : "one of " + String.join(", ", values);
        return called(argument) + " must be given: " + what;
    }

    private static String withoutValue(ArgSpec option) {
        return "%s: takes %s, which is not there".formatted(called(option), option.paramLabel());
    }

    private static String noSuchValue(ParameterException wrong) {
        List<String> values = values(wrong.getArgSpec());
        Matcher got = GOT.matcher(wrong.getMessage());
        String value = got.find() ? got.group(1) : "";
        return "%s must be one of %s; got %s%s"
                .formatted(
                        called(Objects.requireNonNull(wrong.getArgSpec())),
                        String.join(", ", values),
                        value,
                        Suggestions.nearest(value, values)
                                .map(near -> "; did you mean " + near + "?")
                                .orElse(""));
    }

    private static String called(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    /** The words that an argument takes; none if it takes others than words of a list. */
    private static List<String> values(@Nullable ArgSpec argument) {
        if (argument == null) {
            return List.of();
        }
        Object[] constants = argument.auxiliaryTypes()[0].getEnumConstants();
        return constants == null
                ? List.of()
                : Arrays.stream(constants).map(Object::toString).toList();
    }

    /** What the parser of command lines says, in words of those who do not program. */
    private static String plain(String message) {
        Matcher pairs = PAIRS.matcher(message);
        if (pairs.matches()) {
            return "%s takes NAME=VALUE, such as %s=4, without spaces; got %s"
                    .formatted(pairs.group(1), pairs.group(2).replaceAll("[^A-Za-z_]", ""), pairs.group(2));
        }
        Matcher number = NO_NUMBER.matcher(message);
        if (number.matches()) {
            boolean whole = number.group(3).equals("int") || number.group(3).equals("long");
            return "%s: must be a %snumber%s, got %s"
                    .formatted(
                            number.group(1),
                            whole ? "whole " : "",
                            number.group(2).matches("-?\\d{10,}") ? " of at most " + largest(number.group(3)) : "",
                            number.group(2));
        }
        return message.replaceAll("positional parameter at index \\S+ ", "")
                .replaceAll("is not an? (double|int|long|float)$", "is not a number");
    }

    private static long largest(String kind) {
        return kind.equals("int") ? Integer.MAX_VALUE : Long.MAX_VALUE;
    }

    private static String unmatched(CommandLine command, String got) {
        String name = command.getCommandSpec().qualifiedName();
        boolean option = got.startsWith("-");
        String word = option && got.contains("=") ? got.substring(0, got.indexOf('=')) : got;
        List<String> known = new ArrayList<>();
        if (option) {
            command.getCommandSpec().options().forEach(each -> known.addAll(List.of(each.names())));
        } else {
            known.addAll(command.getSubcommands().keySet());
        }
        String what = option ? "option" : known.isEmpty() ? "argument" : "command";
        Optional<String> nearest = Suggestions.nearest(word, known);
        return "%s: has no %s %s%s"
                .formatted(
                        name,
                        what,
                        word,
                        nearest.map(near -> "; did you mean " + near + "?").orElse(""));
    }
}
