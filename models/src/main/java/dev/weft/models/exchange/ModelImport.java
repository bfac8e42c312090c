package dev.weft.models.exchange;

import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.HuggingFaceFolder;
import dev.weft.models.Program;
import dev.weft.models.io.NewFolder;
import dev.weft.models.names.ImportPlan;
import dev.weft.models.run.RunEvent;
import dev.weft.models.run.RunFolder;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a run of a folder in the Hugging Face layout. */
public final class ModelImport {

    private static final String VOCABULARY = "vocab";

    private ModelImport() {}

    /**
     * Imports a folder. Each tensor keeps its element type.
     *
     * @param run the folder of the new run, absent or empty
     * @param program the one that computes the model; null for the first shipped one whose file of names says that it does
     * @throws UserException if something is there, the weights cannot be read, no program computes the model, its tensors are not those of
     *     the program (every one that is not is named), or the tokenizer has more ids than the model
     */
    public static ImportReport run(Path folder, Path run, @Nullable Program program) {
        NewFolder.requireFree(run);
        try (HuggingFaceFolder source = HuggingFaceFolder.open(folder, program)) {
            ImportPlan plan = source.plan();
            plan.requireFitsNamingAll();
            String tokenizer = tokenizer(source);
            NewFolder.make(run, place -> write(source, plan, place));
            List<TensorType> types = plan.conversions().stream()
                    .flatMap(conversion -> conversion.types().values().stream())
                    .toList();
            return new ImportReport(
                    run,
                    source.program().name(),
                    types.size(),
                    types.stream().mapToLong(type -> type.shape().elements()).sum(),
                    types.stream().mapToLong(TensorType::bytes).sum(),
                    plan.copies(),
                    plan.ignored(),
                    tokenizer);
        }
    }

    /** A model without a tokenizer that Weft reads is a model all the same; one of another vocabulary is not. */
    private static String tokenizer(HuggingFaceFolder source) {
        Tokenizer tokenizer;
        try {
            tokenizer = Tokenizers.load(source.path());
        } catch (UserException unreadable) {
            return "none that Weft can use: " + unreadable.getMessage();
        }
        Program program = source.program();
        if (program.takes(VOCABULARY) && program.integer(VOCABULARY) < tokenizer.vocabularySize()) {
            throw new UserException(
                    "%s: the tokenizer does not match the model: it has %d ids, and the model's %s is %d"
                            .formatted(
                                    source.path(),
                                    tokenizer.vocabularySize(),
                                    VOCABULARY,
                                    program.integer(VOCABULARY)));
        }
        return "%,d ids".formatted(tokenizer.vocabularySize());
    }

    private static void write(HuggingFaceFolder source, ImportPlan plan, Path place) {
        Program program = source.program();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("program", program.name());
        config.put("constants", program.boundConstants());
        List<String> named = new ArrayList<>(source.tensors().keySet());
        named.removeAll(plan.ignored());
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("program", program.name());
        request.put(RunFolder.IMPORTED, new Origin(source.path().toString(), source.config(), named).toJson());
        try (RunFolder run = RunFolder.createAt(place)) {
            run.writeProgram(program.sources());
            program.names().ifPresent(text -> run.writeProgram(Map.of(program.name() + ".names", text)));
            run.writeConfig(config);
            CarriedFiles.copy(source.path(), place);
            SafeTensors.write(RunFolder.model(place), plan.conversions(), Map.of("program", program.name()));
            run.log().write(RunEvent.START, Map.of("program", program.name(), "steps", 0));
            run.writeRun(request);
        }
    }
}
