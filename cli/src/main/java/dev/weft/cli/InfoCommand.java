package dev.weft.cli;

import dev.weft.dsl.Description;
import dev.weft.dsl.Description.Definition;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.Program;
import dev.weft.models.run.RunFolder;
import dev.weft.models.run.RunSummary;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What a program or a trained model offers. */
@Command(
        name = "info",
        description = {
            "Show what a program or a trained model offers.",
            "Constants with their defaults, functions, stored tensors, entries, and what each command can do with it, or why not."
        },
        footer = {"", "Example: weft info gpt --set layers=12", "         weft info runs/gpt-1"})
final class InfoCommand extends Action {

    @Parameters(
            paramLabel = "PROGRAM|MODEL",
            description = "A .weft file, the name of a shipped program, a run, or a Hugging Face folder.")
    String subject = "";

    @Mixin
    final ProgramOptions options = new ProgramOptions();

    InfoCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (Files.isDirectory(Path.of(subject))) {
            try (LoadedModel model = LoadedModel.open(Path.of(subject))) {
                show(model.program(), about(Path.of(subject), model));
            }
        } else {
            show(options.load(subject), Map.of());
        }
        return ExitCode.DONE;
    }

    /** What is known of a trained model besides its program. */
    private static SequencedMap<String, Object> about(Path path, LoadedModel model) {
        SequencedMap<String, Object> about = new LinkedHashMap<>();
        about.put("model", path.toString());
        if (RunFolder.isRun(path)) {
            RunSummary summary = RunSummary.of(path);
            about.put("state", summary.state().toString());
            about.put("steps", summary.steps());
            if (summary.state() != RunSummary.State.IMPORTED) {
                about.put("train_loss", summary.trainLoss());
                about.put("val_loss", summary.validationLoss());
            }
        }
        if (model.program().isLanguageModel()) {
            try {
                about.put("vocabulary", model.tokenizer().vocabularySize());
            } catch (UserException none) {
                // A model that was imported may have a tokenizer that Weft does not read, or none.
                about.put("tokenizer", none.getMessage());
            }
        }
        return about;
    }

    private void show(Program program, Map<String, Object> about) {
        Description description = Description.of(program.module());
        Definition model = description.last(DefinitionKind.MODEL).orElse(null);
        SequencedMap<String, String> uses = Uses.of(program, model);
        List<String> entries = entries(program, model);
        SequencedMap<String, Object> json = new LinkedHashMap<>(about);
        json.put("program", program.name());
        json.put("definitions", definitions(description));
        json.put(
                "functions",
                description.functions().stream().map(Object::toString).toList());
        String unbound = "";
        Collection<Stored> stored = List.of();
        if (model != null) {
            try {
                json.put("constants", program.boundConstants());
                stored = program.lower(List.of()).stored();
            } catch (UserException open) {
                unbound = open.getMessage();
            }
        }
        json.put("stored", stored.stream().map(InfoCommand::json).toList());
        json.put("numbers", numbers(stored));
        json.put("parameters", parameters(stored));
        json.put("entries", entries);
        json.put("uses", uses);
        StoredSummary summary = new StoredSummary(stored, unbound);
        result(json, out -> {
            if (!about.isEmpty()) {
                about.forEach((name, value) -> out.println("%-10s %s".formatted(name, value)));
                out.println();
            }
            print(out, program, description, summary);
            if (!entries.isEmpty()) {
                out.println("entries: " + String.join(", ", entries));
                out.println();
            }
            uses.forEach((command, sentence) -> out.println("%-10s %s".formatted(command, sentence)));
        });
    }

    /** With the usual optimizer where there is a loss, since training entries need one. */
    private static List<String> entries(Program program, @Nullable Definition model) {
        if (model == null) {
            return List.of();
        }
        return program.function("loss").isPresent()
                ? program.optimizer("adamw", Map.of()).entries()
                : program.entries();
    }

    private record StoredSummary(Collection<Stored> stored, String unbound) {}

    private static List<Map<String, Object>> definitions(Description description) {
        return description.definitions().stream()
                .map(definition -> {
                    SequencedMap<String, Object> json = new LinkedHashMap<>();
                    json.put("kind", definition.kind().toString());
                    json.put("name", definition.name());
                    json.put("header", header(definition));
                    json.put("where", definition.where());
                    json.put(
                            "functions",
                            definition.functions().stream()
                                    .map(Object::toString)
                                    .toList());
                    return (Map<String, Object>) json;
                })
                .toList();
    }

    private static Map<String, Object> json(Stored stored) {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("name", stored.name());
        json.put("role", stored.role().toString());
        json.put("type", stored.type().toString());
        return json;
    }

    private static long numbers(Collection<Stored> stored) {
        return stored.stream().mapToLong(each -> each.type().shape().elements()).sum();
    }

    private static long parameters(Collection<Stored> stored) {
        return numbers(
                stored.stream().filter(each -> each.role() == Stored.Role.PARAM).toList());
    }

    private static String header(Definition definition) {
        return definition.constants().stream()
                .map(constant ->
                        constant.otherwise() == null ? constant.name() : constant.name() + " = " + constant.otherwise())
                .collect(Collectors.joining(", ", definition.kind() + " " + definition.name() + "(", ")"));
    }

    private static void print(PrintStream out, Program program, Description description, StoredSummary summary) {
        for (Definition definition : description.definitions()) {
            out.println(header(definition)
                    + (definition.where().isEmpty() ? "" : " where " + String.join(", ", definition.where())));
            definition.functions().forEach(function -> out.println("    " + function));
        }
        description.functions().forEach(function -> out.println("fn " + function));
        out.println();
        if (!program.constants().isEmpty()) {
            out.println("chosen constants: " + new java.util.TreeMap<>(program.constants()));
        }
        if (summary.unbound().isEmpty()) {
            if (!summary.stored().isEmpty()) {
                print(out, summary.stored());
            }
        } else {
            out.println("stored tensors: depend on constants that are not known: " + summary.unbound());
        }
        out.println();
    }

    /** Equal layers share a line. */
    private static void print(PrintStream out, Collection<Stored> stored) {
        long bytes = stored.stream().mapToLong(each -> each.type().bytes()).sum();
        out.println(String.format(Locale.ROOT, "parameters: %,d", parameters(stored)));
        out.println(String.format(
                Locale.ROOT,
                "stored tensors: %d, %,d numbers, %s",
                stored.size(),
                numbers(stored),
                CompileReport.bytes(bytes)));
        SequencedMap<String, Integer> lines = new LinkedHashMap<>();
        for (Stored each : stored) {
            String name = each.name().replaceAll("(?<=\\.)\\d+(?=\\.|$)", "*");
            lines.merge("%-6s %-16s %s".formatted(each.role(), each.type(), name), 1, Integer::sum);
        }
        lines.forEach(
                (line, count) -> out.println("  " + (count == 1 ? "     " : "%3d x".formatted(count)) + " " + line));
    }
}
