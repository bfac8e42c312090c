package dev.weft.cli;

import dev.weft.dsl.Description;
import dev.weft.dsl.Description.Definition;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.Program;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What a program or a trained model offers. */
@Command(
        name = "info",
        description = {
            "Show what a program or a trained model offers.",
            "Constants with their defaults, functions, stored tensors, and what each command can do with it, or why not."
        },
        footer = {"", "Example: weft info gpt --set layers=12"})
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
                show(model.program());
            }
        } else {
            show(options.load(subject));
        }
        return ExitCode.DONE;
    }

    private void show(Program program) {
        Description description = Description.of(program.module());
        Definition model = description.last(DefinitionKind.MODEL).orElse(null);
        SequencedMap<String, String> uses = Uses.of(program, model);
        SequencedMap<String, Object> json = new LinkedHashMap<>();
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
        json.put("uses", uses);
        StoredSummary summary = new StoredSummary(stored, unbound);
        result(json, out -> print(out, program, description, summary, uses));
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

    private static String header(Definition definition) {
        return definition.constants().stream()
                .map(constant ->
                        constant.otherwise() == null ? constant.name() : constant.name() + " = " + constant.otherwise())
                .collect(Collectors.joining(", ", definition.kind() + " " + definition.name() + "(", ")"));
    }

    private static void print(
            PrintStream out,
            Program program,
            Description description,
            StoredSummary summary,
            Map<String, String> uses) {
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
        uses.forEach((command, sentence) -> out.println("%-10s %s".formatted(command, sentence)));
    }

    /** Equal layers share a line. */
    private static void print(PrintStream out, Collection<Stored> stored) {
        long bytes = stored.stream().mapToLong(each -> each.type().bytes()).sum();
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
