package dev.weft.cli;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
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
        CommandLine line = new CommandLine(new WeftCommand());
        TABLE.forEach((name, command) -> line.addSubcommand(name, command.apply(terminal)));
        line.getSubcommands().values().forEach(Commands::complete);
        // Options that it does not know may be scalars of the loss.
        line.getSubcommands().get("train").setUnmatchedOptionsArePositionalParams(true);
        complete(line);
        return line;
    }

    private static void complete(CommandLine command) {
        command.setUsageHelpWidth(110);
        command.setUsageHelpLongOptionsMaxWidth(30);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.getCommandSpec().versionProvider(new Version());
        command.getCommandSpec().usageMessage().sortOptions(false);
    }
}
