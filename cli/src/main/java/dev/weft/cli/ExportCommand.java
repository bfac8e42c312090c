package dev.weft.cli;

import dev.weft.models.LoadedModel;
import dev.weft.models.exchange.ExportReport;
import dev.weft.models.exchange.ModelExport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A run as a model of others. */
@Command(
        name = "export",
        description = {
            "Make a folder in the Hugging Face layout of a trained model: its tensors under the names of others, config.json, and the tokenizer.",
            "A run that was imported becomes the folder again that it was."
        },
        footer = {"", "Example: weft export runs/gpt-1 -o my-gpt"})
final class ExportCommand extends Action {

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            description = "A run or a checkpoint. The latest run if not given.")
    @Nullable
    Path model;

    @Mixin
    final CheckpointOption state = new CheckpointOption();

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FOLDER",
            required = true,
            description = "The new folder. What is there already is never written over.")
    Path folder = Path.of("");

    ExportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        try (LoadedModel loaded = state.open(model)) {
            ExportReport report = ModelExport.run(loaded, folder);
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("folder", report.folder().toString());
            json.put("model", loaded.path().toString());
            json.put("tensors", report.tensors());
            json.put("bytes", report.bytes());
            json.put("files", report.files());
            result(json, out -> {
                out.println(
                        "%s: %,d tensors in %,d bytes".formatted(report.folder(), report.tensors(), report.bytes()));
                report.files().forEach(file -> out.println("  " + file));
            });
        }
        note("next: ./weft import %s -o RUN, or from_pretrained(\"%s\") in Python".formatted(folder, folder));
        return ExitCode.DONE;
    }
}
