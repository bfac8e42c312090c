package dev.weft.bench.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.cli.bench.BenchOptions;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.models.io.AtomicFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./weft bench}: times the rows that were asked for, and tells what came out. */
@Command(name = "weft bench")
public final class Suite {

    private static final int DONE = 0;
    private static final int UNEQUAL = 1;
    private static final int USAGE = 2;
    private static final int MACHINE = 3;
    private static final int QUICK_REPEATS = 3;

    @Mixin
    private final BenchOptions options = new BenchOptions();

    @Option(names = "--json")
    private boolean json;

    @Option(names = {"-q", "--quiet"})
    private boolean quiet;

    @Option(names = {"-v", "--verbose"})
    private boolean verbose;

    public static void main(String[] arguments) {
        System.exit(run(arguments, NamedSuite.all(), System.out, System.err));
    }

    /** Names of a suite's rows. */
    public static List<String> rows(String suite) {
        return NamedSuite.all().stream()
                .filter(each -> each.name().equals(suite))
                .flatMap(each -> each.rows().stream())
                .map(Row::name)
                .toList();
    }

    /**
     * Runs the suite.
     *
     * @return the exit code: 1 if losses differ or a peer misbehaves, 2 if the options are wrong, 3 if the machine cannot do it
     */
    static int run(String[] arguments, List<NamedSuite> suites, PrintStream out, PrintStream err) {
        Suite suite = new Suite();
        try {
            new CommandLine(suite).parseArgs(arguments);
            return suite.run(suite.named(suites), out, err);
        } catch (CommandLine.ParameterException e) {
            err.println("weft: " + e.getMessage());
            return USAGE;
        } catch (UserException e) {
            err.println("weft: " + e.getMessage());
            return UNEQUAL;
        } catch (MachineException e) {
            err.println("weft: " + e.getMessage());
            return MACHINE;
        }
    }

    private NamedSuite named(List<NamedSuite> suites) {
        return suites.stream()
                .filter(each -> each.name().equals(options.suite))
                .findFirst()
                .orElseThrow(() -> new CommandLine.ParameterException(
                        new CommandLine(this),
                        "--suite: must be one of %s, got %s"
                                .formatted(suites.stream().map(NamedSuite::name).toList(), options.suite)));
    }

    private int run(NamedSuite suite, PrintStream out, PrintStream err) {
        List<Row> rows = suite.rows();
        if (options.list) {
            rows.forEach(row -> out.printf("%-18s %s%n", row.name(), row.title()));
            return DONE;
        }
        List<Row> chosen = chosen(rows);
        if (options.merge && options.file == null) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this), "--merge: needs the file to merge with, got no --json FILE");
        }
        JsonNode older = options.merge ? RunFile.read(options.file) : NullNode.getInstance();
        boolean words = !json || options.file != null;
        Settings settings = new Settings(
                options.only,
                options.quick ? Math.min(QUICK_REPEATS, options.repeats) : options.repeats,
                options.quick,
                Optional.ofNullable(options.peerCommand),
                options.python,
                Optional.ofNullable(options.data),
                Path.of(System.getProperty("weft.root", "")),
                suite);
        List<Result> results = new ArrayList<>();
        Facts facts = Facts.find(settings.root(), suite);
        Peaks peaks = suite.peaks().apply(settings);
        try (Scratch scratch = new Scratch()) {
            Consumer<String> notes = line -> {
                if (!quiet) {
                    err.println("weft: " + line);
                }
            };
            Bench bench = new Bench(settings, scratch.folder(), peaks, notes, verbose ? notes : _ -> {});
            for (Row row : chosen) {
                Result result = row.run(bench);
                results.add(result);
                if (words) {
                    Words.of(result).forEach(out::println);
                    out.flush();
                }
            }
        }
        List<String> order = rows.stream().map(Row::name).toList();
        ObjectNode run = RunFile.merged(RunFile.of(JsonReport.of(facts, settings, peaks, results)), older, order);
        drawn(run);
        if (json) {
            write(run, out);
        }
        return results.stream().allMatch(Result::isSound) ? DONE : UNEQUAL;
    }

    private List<Row> chosen(List<Row> rows) {
        List<String> names = rows.stream().map(Row::name).toList();
        for (String wanted : options.only) {
            if (!names.contains(wanted)) {
                throw new CommandLine.ParameterException(
                        new CommandLine(this),
                        "--only: must name rows, got %s; there are %s".formatted(wanted, String.join(", ", names)));
            }
        }
        return rows.stream()
                .filter(row -> options.only.isEmpty() || options.only.contains(row.name()))
                .toList();
    }

    private void drawn(JsonNode run) {
        if (options.chart != null) {
            AtomicFiles.writeString("--chart " + options.chart, options.chart, TimesChart.svg(run));
        }
    }

    private void write(ObjectNode run, PrintStream out) {
        if (options.file == null) {
            out.println(RunFile.line(run));
        } else {
            RunFile.write(run, options.file);
        }
    }

    /** A folder that is gone in the end. */
    private record Scratch(Path folder) implements AutoCloseable {

        Scratch() {
            this(create());
        }

        private static Path create() {
            try {
                return Files.createTempDirectory("weft-bench");
            } catch (IOException e) {
                throw new MachineException("bench: needs a temporary folder: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new DefectException("bench: " + folder + " cannot be deleted", e);
            }
        }
    }
}
