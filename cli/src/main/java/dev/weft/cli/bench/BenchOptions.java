package dev.weft.cli.bench;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is timed, how often, beside whom, and where it is written. */
public final class BenchOptions {

    @Option(
            names = "--suite",
            paramLabel = "NAME",
            description = "Which suite: cpu if not given; cuda on an NVIDIA GPU.")
    public String suite = "cpu";

    @Option(
            names = "--only",
            paramLabel = "ROW",
            split = ",",
            description = "Only these rows; --list shows their names.")
    public List<String> only = List.of();

    @Option(names = "--list", description = "Show the rows and end.")
    public boolean list;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            description = "Turns of each side that count: ${DEFAULT-VALUE} if not given. One before them warms up.")
    public int repeats = 5;

    @Option(names = "--quick", description = "Three shorter turns: a first look in some five minutes.")
    public boolean quick;

    @Option(
            names = "--merge",
            description = "With --json FILE: keep the rows of FILE that are not timed now; each row says when it was.")
    public boolean merge;

    @Option(names = "--chart", paramLabel = "FILE", description = "Draw times and ratios into an SVG file.")
    public @Nullable Path chart;

    @Option(
            names = "--peer-command",
            paramLabel = "COMMAND",
            description =
                    "Time a side of your own in the same turns; bench/README.md shows the lines that it reads and writes.")
    public @Nullable String peerCommand;

    @Option(
            names = "--python",
            paramLabel = "PYTHON",
            description = "A Python that has torch, for PyTorch's wheel: python3 if not given.")
    public String python = "python3";

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "tinyshakespeare.txt, on which nanoGPT's recipe is trained whole.")
    public @Nullable Path data;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "With --json: where it is written, while the words are still printed.")
    public @Nullable Path file;
}
