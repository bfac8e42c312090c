package dev.weft.cli;

import picocli.CommandLine.Option;

/** How much a command says, and in which form; every command takes these. */
final class OutputOptions {

    @Option(names = "--json", description = "Print the result as one JSON object.")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing but results and errors.")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say more.")
    boolean verbose;

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
