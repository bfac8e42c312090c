package dev.weft.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What stands before all commands. */
@Command(
        name = "weft",
        synopsisSubcommandLabel = "COMMAND",
        description = "A compiler for tensor programs: checks, compiles, trains and runs .weft files.",
        footer = {"", "Example: weft check gpt", "", "weft COMMAND --help shows what a command takes."})
final class WeftCommand {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    boolean version;
}
