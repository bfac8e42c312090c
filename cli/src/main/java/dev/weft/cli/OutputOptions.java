package dev.weft.cli;

import picocli.CommandLine.Option;

/** How much a command says, and in which form; every command takes these. */
final class OutputOptions {

    @Option(names = "--json", order = 100, description = "Print the result as one JSON object.")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            order = 101,
            description = "Say nothing but results and errors.")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            order = 102,
            description = "Say more.")
    boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            order = 103,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            order = 104,
            description = "Show the version.")
    boolean version;
}
