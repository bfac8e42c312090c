package dev.weft.cli;

import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Limits;
import dev.weft.backend.spi.Timeline;
import dev.weft.cli.profile.Profile;
import dev.weft.cli.profile.RandomInputs;
import dev.weft.cli.profile.RegionFacts;
import dev.weft.cli.profile.Roofline;
import dev.weft.cli.profile.TraceEvents;
import dev.weft.graph.UserException;
import dev.weft.graph.pass.Pipeline;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.TensorType;
import dev.weft.models.Model;
import dev.weft.models.Weft;
import dev.weft.models.tensorfile.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs an entry and shows where its time goes. */
@Command(
        name = "profile",
        description = {
            "Run an entry some times and show where its time goes.",
            "Parameters are initialized; inputs that are not given are random, integers within the tables that they index. What the"
                    + " machine can do at best is measured in the same run."
        },
        footer = {
            "",
            "Example: weft profile gpt --entry step --dim B=4,T=64 --set layers=2",
            "         weft profile gpt --entry logits --dim B=1,T=1 --set cached=true --input at=20",
            "         weft profile mlp --entry loss --dim B=256 --trace mlp.json"
        })
final class ProfileCommand extends Action {

    @Mixin
    final EntryOptions target = new EntryOptions();

    @Mixin
    final InputOptions given = new InputOptions();

    @Option(
            names = {"-n", "--steps"},
            paramLabel = "N",
            description = "Runs to measure. Default: ${DEFAULT-VALUE}.")
    int steps = 10;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description = "Runs before them that are not measured. Default: ${DEFAULT-VALUE}.")
    int warmup = 3;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Write the run that took the median time as a trace for chrome://tracing or ui.perfetto.dev.")
    @Nullable
    Path trace;

    @Option(names = "--seed", paramLabel = "N", description = "Decides about parameters and random inputs. Default: 0.")
    int seed;

    @Mixin
    final WeightOptions weights = new WeightOptions();

    @Mixin
    final MachineOptions machine = new MachineOptions();

    ProfileCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        requireAtLeast(1, "--steps", steps);
        requireAtLeast(0, "--warmup", warmup);
        if (target.entries.size() != 1) {
            throw refused("--entry: must be one, got " + target.entries);
        }
        if (trace != null) {
            // Before the work, not after it.
            OutputFile.of("--trace", trace).require();
        }
        String entry = target.entries.getFirst();
        var lowered = target.lower(target.load(), given.inputs.keySet());
        try (Weft weft = machine.open(weights.type());
                Model model = weft.compile(lowered, CompileOptions.DEFAULT.withTimeline(), Pipeline.Observer.NONE)) {
            List<RegionFacts> regions =
                    RegionFacts.of(CompileTrace.schedules(model, weft.backend()).get(entry));
            Limits limits = weft.backend().limits().orElseThrow(() -> silent(weft));
            List<Timeline> runs = runs(weft, model, entry);
            Roofline roofline = new Roofline(limits);
            if (trace != null) {
                OutputFile.of("--trace", trace)
                        .write(JsonText.of(TraceEvents.of(entry, regions, middle(runs), roofline)) + "\n");
            }
            ProfileReport report =
                    new ProfileReport(weft.backendName(), entry, runs.size(), Profile.of(regions, runs), roofline);
            result(report.json(), report::print);
            if (trace != null) {
                note("the trace is in %s; open it with chrome://tracing or ui.perfetto.dev".formatted(trace));
            }
        }
        return ExitCode.DONE;
    }

    private List<Timeline> runs(Weft weft, Model model, String entry) {
        Map<String, Tensor> inputs = inputs(model, entry);
        if (!weights.areHeld()) {
            // Weights in fewer bits stay zeros, which take as long.
            model.initialize(seed);
        }
        List<Timeline> runs = new ArrayList<>();
        for (int i = 0; i < warmup + steps; i++) {
            progress("run %d of %d".formatted(i + 1, warmup + steps));
            model.run(entry, inputs);
            Optional<Timeline> run = model.timeline(entry);
            if (i >= warmup) {
                runs.add(run.orElseThrow(() -> silent(weft)));
            }
        }
        terminal().endProgress();
        return runs;
    }

    private Map<String, Tensor> inputs(Model model, String entry) {
        var compiled = model.compilation().compiled();
        Set<String> names = given.inputs.keySet();
        Map<String, TensorType> types = model.inputTypes(entry);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        RandomInputs.of(compiled, compiled.entry(entry), names, seed)
                .forEach((name, tensor) -> inputs.put(name, new Tensor(tensor.type(), TensorBytes.of(tensor))));
        names.forEach(name ->
                inputs.put(name, new Tensor(types.get(name), TensorBytes.of(given.read(name, types.get(name))))));
        return inputs;
    }

    private static UserException silent(Weft weft) {
        return new UserException(
                "backend %s: does not tell how long its steps take, so there is nothing to show; weft backends lists others"
                        .formatted(weft.backendName()));
    }

    /** The run of median time. */
    private static Timeline middle(List<Timeline> runs) {
        return runs.stream()
                .sorted(Comparator.comparingDouble(Profile::seconds))
                .toList()
                .get(runs.size() / 2);
    }
}
