package dev.weft.models.tokenizer.file;

import dev.weft.graph.UserException;
import dev.weft.models.json.Json;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import dev.weft.models.tokenizer.file.Spelling.SpelledMerge;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code tokenizer.json} of Hugging Face's tokenizers, as far as it is a byte-level BPE. What it adds to a text (a template), and how it
 * fills up or cuts off batches, is not looked at.
 */
public final class TokenizerJson {

    /** The file's usual name. */
    public static final String NAME = "tokenizer.json";

    private TokenizerJson() {}

    /**
     * Reads a file.
     *
     * @throws UserException if it is damaged, or uses something that Weft does not have, by its name
     */
    public static BpeVocabulary read(Path file) {
        Fields root = new Fields(file.toString(), "", Json.readObject(file));
        Fields model = root.object("model");
        String type = model.has("type") ? model.text("type") : model.has("merges") ? "BPE" : "without a type";
        if (!type.equals("BPE")) {
            throw root.unsupported("model " + type, "byte-level BPE");
        }
        for (String name : List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback")) {
            if (model.isOn(name)) {
                throw model.unsupported(name + " " + model.get(name), "byte-level BPE without it");
            }
        }
        if (root.has("normalizer") && !Pipeline.isEmpty(root.object("normalizer"))) {
            throw root.unsupported(
                    "normalizer " + Pipeline.names(root.object("normalizer")), "tokenizers without a normalizer");
        }
        var pattern = Pipeline.pattern(root);
        Pipeline.requireByteLevelDecoder(root);
        List<AddedToken> added = added(root);
        Map<String, Object> ids = model.map("vocab");
        Spelling spelling = new Spelling(model.place("vocab"), size(ids, added));
        ids.forEach(spelling::piece);
        Map<String, Integer> special = new LinkedHashMap<>();
        for (AddedToken token : added) {
            spelling.piece(token.content(), token.id());
            special.put(token.content(), token.id());
        }
        return spelling.vocabulary(merges(model), model.isOn("ignore_merges"), pattern, special);
    }

    /** The largest id, and one more. */
    private static int size(Map<String, Object> ids, List<AddedToken> added) {
        int largest = -1;
        for (Object id : ids.values()) {
            largest = Math.max(largest, id instanceof Integer number ? number : -1);
        }
        for (AddedToken token : added) {
            largest = Math.max(largest, token.id());
        }
        return largest + 1;
    }

    private record AddedToken(String content, int id) {}

    private static List<AddedToken> added(Fields root) {
        List<AddedToken> added = new ArrayList<>();
        for (Fields token : root.has("added_tokens") ? root.objects("added_tokens") : List.<Fields>of()) {
            String content = token.text("content");
            if (!token.isOn("special")) {
                throw token.unsupported(
                        "added token \"" + content + "\", at which every text would be cut,", "special tokens");
            }
            for (String name : List.of("lstrip", "rstrip", "single_word")) {
                if (token.isOn(name)) {
                    throw token.unsupported(name + " of \"" + content + "\"", "special tokens without it");
                }
            }
            if (content.isEmpty()) {
                throw new UserException(token.place("content") + ": must not be empty");
            }
            added.add(new AddedToken(content, token.integer("id")));
        }
        return added;
    }

    private static List<SpelledMerge> merges(Fields model) {
        List<?> lines = model.list("merges");
        List<SpelledMerge> merges = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            String where = model.place("merges") + "[" + i + "]";
            Object line = lines.get(i);
            if (line instanceof String words) {
                merges.add(MergesFiles.merge(words, where));
            } else if (line instanceof List<?> pair
                    && pair.size() == 2
                    && pair.getFirst() instanceof String left
                    && pair.getLast() instanceof String right) {
                merges.add(new SpelledMerge(left, right, where));
            } else {
                throw new UserException(where + ": must be two pieces, got " + line);
            }
        }
        return merges;
    }

    /** Writes a file that {@code tokenizers} of any version reads. */
    public static void write(Path file, BpeVocabulary vocabulary) {
        List<Map<String, Object>> added = new ArrayList<>();
        vocabulary.special().forEach((content, id) -> {
            Map<String, Object> token = new LinkedHashMap<>();
            token.put("id", id);
            token.put("content", content);
            for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                token.put(flag, false);
            }
            token.put("special", true);
            added.add(token);
        });
        Map<String, @Nullable Object> model = model(Spelling.spelled(vocabulary), Spelling.merges(vocabulary));
        model.put("ignore_merges", vocabulary.wholeWords());
        write(file, added, Pipeline.preTokenizer(vocabulary.pattern()), Pipeline.byteLevel(true), model);
    }

    /**
     * Writes a file for characters: a BPE that merges nothing. What {@link #read} refuses, because it is not of bytes.
     *
     * @param codePoints each one's index is its id
     */
    public static void writeCharacters(Path file, int[] codePoints) {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        for (int id = 0; id < codePoints.length; id++) {
            vocabulary.put(Character.toString(codePoints[id]), id);
        }
        write(file, List.of(), null, Map.of("type", "Fuse"), model(vocabulary, List.of()));
    }

    private static Map<String, @Nullable Object> model(Map<String, ?> vocabulary, List<String> merges) {
        Map<String, @Nullable Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        for (String absent : List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
            model.put(absent, null);
        }
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("ignore_merges", false);
        model.put("vocab", vocabulary);
        model.put("merges", merges);
        return model;
    }

    private static void write(
            Path file,
            List<Map<String, Object>> added,
            @Nullable Map<String, Object> preTokenizer,
            Map<String, Object> decoder,
            Map<String, @Nullable Object> model) {
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("version", "1.0");
        root.put("truncation", null);
        root.put("padding", null);
        root.put("added_tokens", added);
        root.put("normalizer", null);
        root.put("pre_tokenizer", preTokenizer);
        root.put("post_processor", null);
        root.put("decoder", decoder);
        root.put("model", model);
        Json.write(file, root);
    }
}
