package dev.weft.models.tokenizer;

import dev.weft.graph.UserException;
import dev.weft.models.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Finding a tokenizer: by name, or in the folder of a model. */
public final class Tokenizers {

    /** What {@link Tokenizer#save} writes. Not {@code tokenizer.json}, which is another project's format. */
    static final String FILE = "weft-tokenizer.json";

    private Tokenizers() {}

    /**
     * The tokenizer called {@code name}: {@code char} (made of a corpus), {@code gpt2}, or a folder to load one from.
     *
     * @param characters the distinct code points of the corpus
     */
    public static Tokenizer named(String name, Supplier<int[]> characters) {
        return switch (name) {
            case CharTokenizer.KIND -> CharTokenizer.of(characters.get());
            case Gpt2Tokenizer.KIND -> new Gpt2Tokenizer();
            default -> {
                Path folder = Path.of(name);
                if (!Files.isDirectory(folder)) {
                    throw new UserException("tokenizer: must be char, gpt2 or the folder of a model, got " + name);
                }
                yield load(folder);
            }
        };
    }

    /** The tokenizer in a run's folder, or in a Hugging Face folder with {@code vocab.json} and {@code merges.txt}. */
    public static Tokenizer load(Path folder) {
        Path ours = folder.resolve(FILE);
        if (Files.exists(ours)) {
            return read(ours);
        }
        if (Files.exists(folder.resolve(BpeFiles.VOCABULARY)) && Files.exists(folder.resolve(BpeFiles.MERGES))) {
            BpeFiles files = BpeFiles.read(folder);
            if (files.sizedLikeGpt2()) {
                Gpt2Tokenizer gpt2 = new Gpt2Tokenizer();
                if (files.equalGpt2(gpt2)) {
                    return gpt2;
                }
            }
            return new BpeTokenizer(folder.toString(), files);
        }
        throw new UserException(folder + ": has no tokenizer; expected " + FILE + ", or " + BpeFiles.VOCABULARY
                + " with " + BpeFiles.MERGES);
    }

    /** The id that a text begins with if nothing was written before it: that of a line break, or what separates documents. */
    public static int beginning(Tokenizer tokenizer) {
        try {
            return tokenizer.encode("\n")[0];
        } catch (UserException noSuchCharacter) {
            return tokenizer.endOfText().orElse(0);
        }
    }

    private static Tokenizer read(Path file) {
        Map<String, Object> saved = Json.readObject(file);
        Object kind = saved.get("kind");
        if (CharTokenizer.KIND.equals(kind)) {
            return CharTokenizer.read(saved, file);
        }
        if (Gpt2Tokenizer.KIND.equals(kind)) {
            return new Gpt2Tokenizer();
        }
        throw new UserException(file + ": the tokenizer's kind must be char or gpt2, got " + kind);
    }

    static void save(Path folder, String kind, Map<String, String> content) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("kind", kind);
        object.putAll(content);
        Json.write(folder.resolve(FILE), object);
    }

    static UserException unknownId(Tokenizer tokenizer, int id) {
        return new UserException("token id: must be from 0 to " + (tokenizer.vocabularySize() - 1)
                + " for the tokenizer " + tokenizer.name() + ", got " + id);
    }
}
