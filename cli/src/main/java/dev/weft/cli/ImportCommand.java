package dev.weft.cli;

import dev.weft.models.Program;
import dev.weft.models.exchange.ImportReport;
import dev.weft.models.exchange.ModelImport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model of others as a run. */
@Command(
        name = "import",
        description = {
            "Make a run of a folder in the Hugging Face layout: GPT-2, Llama, or what a program of yours has a file of names for.",
            "Tensors keep their element types. What was ignored, and what was there twice, is listed."
        },
        footer = {"", "Example: weft import gpt2 -o runs/gpt2"})
final class ImportCommand extends Action {

    @Parameters(paramLabel = "FOLDER", description = "A folder with config.json and .safetensors files.")
    Path folder = Path.of("");

    @Option(
            names = {"-o", "--out"},
            paramLabel = "RUN",
            required = true,
            description = "The folder of the new run. What is there already is never written over.")
    Path run = Path.of("");

    @Option(
            names = "--program",
            paramLabel = "PROGRAM",
            description =
                    "The program that computes the model, with a file of names beside it. The shipped one that fits if not given.")
    @Nullable
    String program;

    ImportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        ImportReport report = ModelImport.run(folder, run, program == null ? null : Program.load(program));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", report.run().toString());
        json.put("program", report.program());
        json.put("tensors", report.tensors());
        json.put("parameters", report.parameters());
        json.put("bytes", report.bytes());
        json.put("copies", report.copies());
        json.put("ignored", report.ignored());
        json.put("tokenizer", report.tokenizer());
        result(json, out -> {
            out.println("%s: %s, %,d tensors with %,d parameters in %,d bytes"
                    .formatted(report.run(), report.program(), report.tensors(), report.parameters(), report.bytes()));
            list("equal to other tensors, which the program uses in their place", report.copies(), out::println);
            list("ignored, the program does not need them", report.ignored(), out::println);
            out.println("tokenizer: " + report.tokenizer());
        });
        note("next: ./weft generate %s --prompt \"…\"".formatted(report.run()));
        return ExitCode.DONE;
    }

    private static void list(String what, List<String> names, Consumer<String> out) {
        if (!names.isEmpty()) {
            out.accept("%d %s:".formatted(names.size(), what));
            names.forEach(name -> out.accept("  " + name));
        }
    }
}
