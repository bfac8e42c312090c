package dev.weft.models.exchange;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.LoadedModel;
import dev.weft.models.Program;
import dev.weft.models.io.NewFolder;
import dev.weft.models.json.Json;
import dev.weft.models.names.Names;
import dev.weft.models.run.RunFolder;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.TokenizerFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a folder in the Hugging Face layout of a run. */
public final class ModelExport {

    /** What a program calls the longest text that it reads. */
    private static final String CONTEXT = "context";

    private ModelExport() {}

    /**
     * Exports a run or one of its checkpoints. Each tensor keeps its element type; a run that was imported becomes the folder again that it
     * was, with the same names, configuration and tokenizer files.
     *
     * @param folder the new folder, absent or empty
     * @throws UserException if something is there, or the program has no file of names
     */
    public static ExportReport run(LoadedModel model, Path folder) {
        NewFolder.requireFree(folder);
        if (!RunFolder.isRun(model.folder())) {
            throw new UserException(model.folder() + ": is a Hugging Face folder already; export makes one of a run");
        }
        Names names = names(model.program());
        Optional<Origin> origin = Origin.of(model.folder());
        List<SafeTensors.Part> parts =
                names.planExport(model.stored(), origin.map(Origin::tensors).orElse(List.of()));
        Optional<Tokenizer> tokenizer = origin.isEmpty() && model.program().isLanguageModel()
                ? Optional.of(model.tokenizer())
                : Optional.empty();
        Map<String, @Nullable Object> config =
                origin.isPresent() ? origin.get().config() : config(names, model, tokenizer);
        List<String> files = new ArrayList<>();
        NewFolder.make(folder, place -> {
            // What loads such folders asks which library's tensors these are.
            SafeTensors.write(RunFolder.model(place), parts, Map.of("format", "pt"));
            Json.write(RunFolder.config(place), config);
            if (tokenizer.isEmpty()) {
                files.addAll(CarriedFiles.copy(model.folder(), place));
            } else {
                files.addAll(TokenizerFolder.write(place, tokenizer.get(), context(model.program())));
            }
        });
        List<TensorType> types =
                parts.stream().flatMap(part -> part.types().values().stream()).toList();
        return new ExportReport(
                folder,
                types.size(),
                types.stream().mapToLong(TensorType::bytes).sum(),
                files);
    }

    private static Names names(Program program) {
        String file = program.name() + ".names";
        String text = program.names()
                .orElseThrow(() -> new UserException(
                        "%s: has no file of names; write %s beside the program, which says what others call its tensors and constants: weft new shows one"
                                .formatted(program.name(), file)));
        return Names.parse(text, file);
    }

    private static Map<String, @Nullable Object> config(Names names, LoadedModel model, Optional<Tokenizer> tokenizer) {
        OptionalInt end = tokenizer.isPresent() ? tokenizer.get().endOfText() : OptionalInt.empty();
        Map<String, @Nullable Object> config =
                new LinkedHashMap<>(names.config(model.program().boundConstants(), end));
        Set<ElementType> elements = model.stored().values().stream()
                .map(tensor -> tensor.type().element())
                .collect(Collectors.toSet());
        if (elements.size() == 1) {
            config.put("torch_dtype", torchName(elements.iterator().next()));
        }
        return config;
    }

    private static String torchName(ElementType element) {
        return switch (element) {
            case F32 -> "float32";
            case F64 -> "float64";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            case I32 -> "int32";
            case I64 -> "int64";
            case I8 -> "int8";
            case U8 -> "uint8";
            case BOOL -> "bool";
        };
    }

    private static OptionalInt context(Program program) {
        return program.takes(CONTEXT) ? OptionalInt.of(program.context()) : OptionalInt.empty();
    }
}
