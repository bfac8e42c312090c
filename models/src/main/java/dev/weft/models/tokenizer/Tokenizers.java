package dev.weft.models.tokenizer;

import dev.weft.graph.UserException;
import dev.weft.models.json.Json;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import dev.weft.models.tokenizer.file.MergesFiles;
import dev.weft.models.tokenizer.file.TiktokenFile;
import dev.weft.models.tokenizer.file.TokenizerJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Finding a tokenizer: by name, or in the folder of a model. */
public final class Tokenizers {

    /** What {@link Tokenizer#save} writes. Not {@code tokenizer.json}, which is another project's format. */
    static final String FILE = "weft-tokenizer.json";

    private static final String EXPECTED = FILE + ", " + TokenizerJson.NAME + ", " + MergesFiles.VOCABULARY + " with "
            + MergesFiles.MERGES + ", or a file that ends in " + TiktokenFile.ENDING;

    private Tokenizers() {}

    /**
     * The tokenizer called {@code name}: {@code char} (made of a corpus), {@code gpt2}, or a file or folder to load one from.
     *
     * @param characters the distinct code points of the corpus
     */
    public static Tokenizer named(String name, Supplier<int[]> characters) {
        return switch (name) {
            case CharTokenizer.KIND -> CharTokenizer.of(characters.get());
            case Gpt2Tokenizer.KIND -> new Gpt2Tokenizer();
            default -> {
                if (!Files.exists(Path.of(name))) {
                    throw new UserException(
                            "tokenizer: must be char, gpt2, or a file or folder that holds one, got " + name);
                }
                yield load(Path.of(name));
            }
        };
    }

    /** As {@link #named(String, Supplier)}, without a corpus to take characters from. */
    public static Tokenizer named(String name) {
        return named(name, () -> {
            throw new UserException(
                    "tokenizer char: is made of the text that a model is trained on; name the folder of a run that has one");
        });
    }

    /** Whether {@code name} is not that of a file or folder. */
    public static boolean isKind(String name) {
        return name.equals(CharTokenizer.KIND) || name.equals(Gpt2Tokenizer.KIND);
    }

    /**
     * The tokenizer in a file ({@code weft-tokenizer.json}, {@code tokenizer.json}, {@code vocab.json} or {@code merges.txt} with the other
     * beside it, {@code .tiktoken}), or in a folder that has one of these: a run, or a Hugging Face folder.
     *
     * @throws UserException if there is none, it is damaged, or it uses something that Weft does not have
     */
    public static Tokenizer load(Path path) {
        if (Files.isDirectory(path)) {
            return ofFolder(path);
        }
        String name = path.getFileName().toString();
        if (name.equals(FILE)) {
            return read(path);
        }
        if (name.equals(MergesFiles.VOCABULARY) || name.equals(MergesFiles.MERGES)) {
            Path folder = path.toAbsolutePath().getParent();
            return ofVocabulary(folder, MergesFiles.read(folder));
        }
        if (name.endsWith(TiktokenFile.ENDING)) {
            return ofVocabulary(path, TiktokenFile.read(path));
        }
        if (name.endsWith(".json")) {
            return ofVocabulary(path, TokenizerJson.read(path));
        }
        throw new UserException(path + ": is no tokenizer by its name; expected " + EXPECTED);
    }

    private static Tokenizer ofFolder(Path folder) {
        for (String name : List.of(FILE, TokenizerJson.NAME)) {
            if (Files.exists(folder.resolve(name))) {
                return load(folder.resolve(name));
            }
        }
        if (MergesFiles.isIn(folder)) {
            return ofVocabulary(folder, MergesFiles.read(folder));
        }
        if (Files.exists(folder.resolve("tokenizer.model"))) {
            throw new UserException(
                    folder.resolve("tokenizer.model")
                            + ": is a SentencePiece model, which Weft does not read; there is often a tokenizer.json of the same");
        }
        throw new UserException(folder + ": has no tokenizer; expected " + EXPECTED);
    }

    /** GPT-2's is known by its content, wherever it comes from. */
    private static Tokenizer ofVocabulary(Path from, BpeVocabulary vocabulary) {
        return vocabulary.fingerprint().equals(Gpt2Tokenizer.VOCABULARY)
                ? new Gpt2Tokenizer()
                : BpeTokenizer.of(from.toString(), vocabulary);
    }

    /** The vocabulary of a byte-level BPE; empty for characters. */
    public static Optional<BpeVocabulary> vocabulary(Tokenizer tokenizer) {
        return switch (tokenizer) {
            case BpeTokenizer bpe -> Optional.of(bpe.vocabulary());
            case Gpt2Tokenizer gpt2 -> Optional.of(gpt2.vocabulary());
            case CharTokenizer characters -> Optional.empty();
        };
    }

    /**
     * Writes a vocabulary in the format that {@code place} names by its ending: {@code .tiktoken}, {@code .json} (as {@code tokenizer.json}),
     * or a folder, which gets {@code tokenizer.json}, and {@code vocab.json} with {@code merges.txt} where these can say it.
     *
     * @throws UserException if something of that name is there, or the format cannot say what the vocabulary is
     */
    public static void write(Path place, BpeVocabulary vocabulary) {
        if (Files.exists(place)) {
            throw new UserException(place + ": is there already and stays as it is; choose another name");
        }
        String name = place.getFileName().toString();
        if (name.endsWith(TiktokenFile.ENDING)) {
            TiktokenFile.write(place, vocabulary);
        } else if (name.endsWith(".json")) {
            TokenizerJson.write(place, vocabulary);
        } else {
            TokenizerJson.write(place.resolve(TokenizerJson.NAME), vocabulary);
            if (MergesFiles.canSay(vocabulary)) {
                MergesFiles.write(place, vocabulary);
            }
        }
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
                + " for the tokenizer " + tokenizer.name() + ", got " + id
                + "; a model needs the tokenizer that it was trained with");
    }
}
