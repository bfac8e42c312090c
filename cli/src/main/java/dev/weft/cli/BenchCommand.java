package dev.weft.cli;

import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.Backends;
import dev.weft.cli.bench.BenchOptions;
import dev.weft.graph.MachineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts the module {@code bench}, which has libtorch and therefore a class path of its own. */
@Command(
        name = "bench",
        description = "Time Weft beside libtorch and other peers, in turns, against what this machine can do.",
        footer = {
            "",
            "Example: weft bench --suite cpu --json results.json --chart results.svg",
            "         weft bench --only gpt2 --peer-command \"python3 my_peer.py\"",
            "",
            "The first use builds the module bench, which downloads libtorch. Ends with 1 if the losses of two sides differ."
        })
final class BenchCommand extends Action {

    private static final String STARTER = "bench/suite";
    private static final String CUDA = "cuda";
    private static final List<String> SUITES = List.of("cpu", CUDA);

    @Mixin
    final BenchOptions options = new BenchOptions();

    BenchCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (!SUITES.contains(options.suite)) {
            throw refused("--suite: must be one of %s, got %s".formatted(String.join(", ", SUITES), options.suite));
        }
        if (options.repeats < 1) {
            throw refused("--repeats: must be at least 1, got " + options.repeats);
        }
        if (options.file != null && !output.json) {
            throw refused("FILE: goes with --json, got " + options.file + " without it");
        }
        if (options.merge && options.file == null) {
            throw refused("--merge: needs the file to merge with, got no --json FILE");
        }
        Path starter = starter();
        if (options.suite.equals(CUDA) && !options.list) {
            requireDevice();
        }
        return start(starter);
    }

    /** Before anything is built or downloaded for nothing. */
    private static void requireDevice() {
        BackendProvider.Score score = Backends.named(CUDA).score();
        if (score.value() == 0) {
            throw new MachineException("bench --suite cuda: needs an NVIDIA GPU; " + score.reason());
        }
    }

    private static Path starter() {
        String root = System.getProperty("weft.root", "");
        Path starter = Path.of(root).resolve(STARTER);
        if (root.isEmpty() || !Files.isExecutable(starter)) {
            throw new MachineException(
                    ("bench: is a part of Weft's sources, and needs their file %s, which is not %s; start ./weft from a copy of the"
                                    + " sources")
                            .formatted(STARTER, root.isEmpty() ? "here" : "in " + root));
        }
        return starter;
    }

    private int start(Path starter) {
        if (spec == null) {
            throw new IllegalStateException("bench: is run outside of a command line");
        }
        List<String> command = new ArrayList<>(List.of(starter.toString()));
        // All that was typed: what stands before the command's own name is not for the starter.
        List<String> typed = spec.commandLine().getParseResult().originalArgs();
        command.addAll(typed.subList(typed.indexOf(spec.name()) + 1, typed.size()));
        out().flush();
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            return builder.start().waitFor();
        } catch (IOException e) {
            throw new MachineException("bench: " + starter + " cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
    }
}
