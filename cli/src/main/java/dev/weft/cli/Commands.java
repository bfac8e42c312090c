package dev.weft.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;

/** The commands by name, in the order in which help lists them. */
final class Commands {

    private static final SequencedMap<String, Function<Terminal, Action>> TABLE = new LinkedHashMap<>();

    static {
        TABLE.put("new", NewCommand::new);
        TABLE.put("check", CheckCommand::new);
        TABLE.put("info", InfoCommand::new);
        TABLE.put("compile", CompileCommand::new);
        TABLE.put("profile", ProfileCommand::new);
        TABLE.put("run", RunCommand::new);
        TABLE.put("gradcheck", GradcheckCommand::new);
        TABLE.put("train", TrainCommand::new);
        TABLE.put("generate", GenerateCommand::new);
        TABLE.put("predict", PredictCommand::new);
        TABLE.put("eval", EvalCommand::new);
        TABLE.put("compress", CompressCommand::new);
        TABLE.put("decompress", DecompressCommand::new);
        TABLE.put("import", ImportCommand::new);
        TABLE.put("export", ExportCommand::new);
        TABLE.put("tokenizer", TokenizerCommand::new);
        TABLE.put("runs", RunsCommand::new);
        TABLE.put("plot", PlotCommand::new);
        TABLE.put("explain", ExplainCommand::new);
        TABLE.put("conformance", ConformanceCommand::new);
        TABLE.put("backends", BackendsCommand::new);
        TABLE.put("doctor", DoctorCommand::new);
        TABLE.put("bench", BenchCommand::new);
        TABLE.put("cache", CacheCommand::new);
        TABLE.put("completion", CompletionCommand::new);
    }

    private Commands() {}

    /** The whole command line. */
    static CommandLine line(Terminal terminal) {
        return line(terminal, TABLE.sequencedKeySet());
    }

    /**
     * As much of the command line as these arguments need: to read the options of all commands takes longer than most of them do. It is
     * the whole where they do not begin with a command.
     */
    static CommandLine line(Terminal terminal, List<String> arguments) {
        boolean isCommand = !arguments.isEmpty() && TABLE.containsKey(arguments.getFirst());
        return isCommand ? line(terminal, Set.of(arguments.getFirst())) : line(terminal);
    }

    private static CommandLine line(Terminal terminal, Set<String> names) {
        CommandLine line = new CommandLine(new WeftCommand());
        for (String name : names) {
            line.addSubcommand(name, TABLE.get(name).apply(terminal));
        }
        line.getSubcommands().values().forEach(Commands::complete);
        if (names.contains("tokenizer")) {
            CommandLine tokenizer = line.getSubcommands().get("tokenizer");
            TokenizerCommand.PARTS.forEach((name, part) -> tokenizer.addSubcommand(name, part.apply(terminal)));
            tokenizer.getSubcommands().values().forEach(Commands::complete);
        }
        if (names.contains("train")) {
            // Options that it does not know may be scalars of the loss.
            line.getSubcommands().get("train").setUnmatchedOptionsArePositionalParams(true);
        }
        complete(line);
        return line;
    }

    private static void complete(CommandLine command) {
        command.setUsageHelpWidth(110);
        command.setUsageHelpLongOptionsMaxWidth(30);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.getCommandSpec().versionProvider(new Version());
        command.getCommandSpec().usageMessage().sortOptions(false);
        HelpWords.keepWhole(command);
    }
}
