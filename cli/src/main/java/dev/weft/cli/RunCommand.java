package dev.weft.cli;

import dev.weft.graph.UserException;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.TensorType;
import dev.weft.models.Artifact;
import dev.weft.models.LoadedModel;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.io.WriteErrors;
import dev.weft.models.probe.Measurement;
import dev.weft.models.probe.Probe;
import dev.weft.models.tensorfile.Npy;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs entries on tensors. */
@Command(
        name = "run",
        description = {
            "Run entries of a program on tensors from files, one after the other.",
            "PROGRAM may also be a .weftc file, which weft compile -o wrote."
        },
        footer = {
            "",
            "Example: weft run mlp --entry scores --input x=@x.npy --output scores",
            "         weft run gpt --entry logits --input tokens=@tokens.npy --from runs/gpt-1 --output logits",
            "         weft run mlp.weftc --entry scores --input x=@x.npy --json",
            "         weft run mlp --entry scores --input x=@x.npy --probe 'first,second,**.weight'"
        })
final class RunCommand extends Action {

    /** Elements of an output that are shown. */
    private static final int SHOWN = 16;

    @Mixin
    final EntryOptions target = new EntryOptions();

    @Mixin
    final InputOptions given = new InputOptions();

    @Option(names = "--output", paramLabel = "DIR", description = "Write each output into this folder, as NAME.npy.")
    @Nullable
    Path folder;

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description =
                    "Take constants and parameters from a run or a Hugging Face folder. Otherwise they are initialized.")
    @Nullable
    Path from;

    @Option(names = "--seed", paramLabel = "N", description = "Decides about the initial parameters. Default: 0.")
    int seed;

    @Mixin
    final ProbeOptions probe = new ProbeOptions();

    @Mixin
    final MachineOptions machine = new MachineOptions();

    RunCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (Artifact.isNamed(target.file)) {
            return runArtifact();
        }
        try (Weft weft = machine.open()) {
            if (from == null) {
                return run(weft, target.load(weft), Map.of());
            }
            try (LoadedModel trained = LoadedModel.open(from, weft)) {
                Map<String, String> constants = new HashMap<>(trained.program().constants());
                Program program = target.load(weft);
                constants.putAll(program.constants());
                return run(weft, program.with(constants), trained.parameters());
            }
        }
    }

    /** Without the program's text, and without a compiler. */
    private int runArtifact() {
        Artifact artifact = Artifact.read(Path.of(target.file));
        if (!target.constants.isEmpty() || !target.sizes.sizes.isEmpty()) {
            throw refused("--set, --dim: %s is compiled, and its constants and sizes are what they were then"
                    .formatted(target.file));
        }
        for (String entry : target.entries) {
            if (!artifact.entries().contains(entry)) {
                throw new UserException("entry %s: is not in %s; it has %s"
                        .formatted(entry, target.file, String.join(", ", artifact.entries())));
            }
        }
        try (Weft weft = machine.open(artifact.backend());
                Model model = artifact.load(weft)) {
            if (artifact.parameters().isEmpty()) {
                model.initialize(seed);
            }
            if (from != null) {
                try (LoadedModel trained = LoadedModel.open(from, weft)) {
                    model.load(trained.parameters());
                }
            }
            return run(weft, model);
        }
    }

    private int run(Weft weft, Program program, Map<String, Tensor> parameters) {
        given.sizes(program, target.entries).forEach(target.sizes.sizes::putIfAbsent);
        Set<String> names = given.inputs.keySet();
        try (Model model = weft.compile(program, target.requests(program, names))) {
            model.initialize(seed);
            if (!parameters.isEmpty()) {
                model.load(parameters);
            }
            return run(weft, model);
        }
    }

    private int run(Weft weft, Model model) {
        List<Map<String, Object>> results = new ArrayList<>();
        List<Measurement> measured = new ArrayList<>();
        for (String entry : target.entries) {
            results.addAll(run(weft, model, entry, measured));
        }
        show(results, measured);
        if (folder != null) {
            note("the outputs are in " + folder);
        }
        return ExitCode.DONE;
    }

    private void show(List<Map<String, Object>> results, List<Measurement> measured) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("outputs", results);
        if (probe.any()) {
            json.put("probe", ProbeOptions.json(measured));
        }
        result(json, out -> {
            results.forEach(row -> out.println("%s %s : %s = %s"
                    .formatted(row.get("entry"), row.get("output"), row.get("type"), row.get("values"))));
            if (probe.any()) {
                ProbeOptions.print(measured, out);
            }
        });
    }

    private List<Map<String, Object>> run(Weft weft, Model model, String entry, List<Measurement> measured) {
        Map<String, TensorType> types = model.inputTypes(entry);
        unknown(entry, types);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        types.forEach((name, type) -> inputs.put(name, new Tensor(type, TensorBytes.of(given.read(name, type)))));
        if (probe.any()) {
            // Before the entry, which may write what it reads.
            try (Probe watching = Probe.of(weft, model, entry, probe.patterns)) {
                measured.addAll(watching.run(inputs));
            }
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        model.run(entry, inputs).forEach((name, tensor) -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("entry", entry);
            row.put("output", name);
            row.put("type", tensor.type().toString());
            row.put("values", shown(tensor));
            if (folder != null) {
                row.put("file", write(entry, name, tensor).toString());
            }
            rows.add(row);
        });
        return rows;
    }

    private void unknown(String entry, Map<String, TensorType> types) {
        for (String name : given.inputs.keySet()) {
            boolean used = target.entries.size() > 1 || types.containsKey(name);
            if (!used) {
                throw new UserException("input %s: entry %s takes no such input; it takes %s"
                        .formatted(name, entry, String.join(", ", types.keySet())));
            }
        }
    }

    private Path write(String entry, String output, Tensor tensor) {
        String name = target.entries.size() == 1 ? output : entry + "." + output;
        Path file = java.util.Objects.requireNonNull(folder).resolve(name + ".npy");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw WriteErrors.folder("--output " + folder, folder, e);
        }
        Npy.write(file, tensor);
        return file;
    }

    /** The first elements, and where there are more, dots. */
    private static Object shown(Tensor tensor) {
        var values = TensorBytes.read(tensor.type(), tensor.data());
        boolean whole = tensor.type().element().isInteger();
        List<Object> shown = new ArrayList<>();
        for (int i = 0; i < Math.min(SHOWN, values.size()); i++) {
            double value = values.get(i);
            shown.add(
                    whole
                            ? (Object) (long) value
                            : tensor.type().element().isFloat() ? (Object) (float) value : value != 0);
        }
        if (values.size() > SHOWN) {
            shown.add("…");
        }
        return tensor.type().rank() == 0 ? shown.getFirst() : shown;
    }
}
