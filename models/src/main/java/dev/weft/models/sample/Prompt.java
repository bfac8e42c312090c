package dev.weft.models.sample;

import dev.weft.graph.UserException;
import dev.weft.models.io.IoErrors;
import dev.weft.models.json.Json;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A text to be continued. Compares by identity of its array.
 *
 * @param origin what errors call it; empty if there is nothing to call it by
 * @param ids its tokens, at least one
 */
public record Prompt(String origin, String text, int[] ids) {

    /** A text; one without tokens begins with the token that texts begin with. */
    public static Prompt of(String origin, String text, Tokenizer tokenizer) {
        int[] ids = tokenizer.encode(text);
        return new Prompt(origin, text, ids.length == 0 ? new int[] {Tokenizers.beginning(tokenizer)} : ids);
    }

    /**
     * The prompts of a file, one in a line; blank lines are left out. In a {@code .jsonl} file a line is an object that has {@code prompt},
     * a text or a list of ids; what else it has is not looked at.
     *
     * @throws UserException if it cannot be read, has no prompt, or a line is not what it must be: its number
     */
    public static List<Prompt> read(Path file, Tokenizer tokenizer) {
        boolean json = file.toString().toLowerCase(Locale.ROOT).endsWith(".jsonl");
        List<Prompt> prompts = new ArrayList<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank()) {
                String origin = "%s, line %d".formatted(file, i + 1);
                prompts.add(json ? ofObject(origin, line, tokenizer) : of(origin, line, tokenizer));
            }
        }
        if (prompts.isEmpty()) {
            throw new UserException(file + ": has no prompt");
        }
        return prompts;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw IoErrors.of("read", file, e);
        }
    }

    private static Prompt ofObject(String origin, String line, Tokenizer tokenizer) {
        Map<String, Object> object = Json.parseObject(line, origin);
        if (object.get("prompt") instanceof String text) {
            return of(origin, text, tokenizer);
        }
        if (object.get("prompt") instanceof List<?> list
                && !list.isEmpty()
                && list.stream().allMatch(Integer.class::isInstance)) {
            int[] ids = list.stream().mapToInt(id -> (Integer) id).toArray();
            for (int id : ids) {
                if (id < 0 || id >= tokenizer.vocabularySize()) {
                    throw new UserException("%s: ids must be in 0..%d, the vocabulary of the tokenizer, got %d"
                            .formatted(origin, tokenizer.vocabularySize() - 1, id));
                }
            }
            return new Prompt(origin, tokenizer.decode(ids), ids);
        }
        throw new UserException(origin + ": must have a prompt, which is a text or a list of ids that is not empty");
    }
}
