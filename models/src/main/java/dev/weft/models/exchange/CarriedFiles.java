package dev.weft.models.exchange;

import dev.weft.models.io.IoErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files of a Hugging Face folder that go with the model unchanged: its tokenizer, and what others keep about using it. */
final class CarriedFiles {

    private static final List<String> NAMES = List.of(
            "weft-tokenizer.json",
            "tokenizer.json",
            "vocab.json",
            "merges.txt",
            "tokenizer.model",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "chat_template.jinja",
            "generation_config.json");

    private CarriedFiles() {}

    /** Copies those that are there. */
    static List<String> copy(Path from, Path to) {
        List<String> copied = new ArrayList<>();
        for (String name : NAMES) {
            if (Files.isRegularFile(from.resolve(name))) {
                try {
                    Files.copy(from.resolve(name), to.resolve(name));
                } catch (IOException e) {
                    throw IoErrors.of("copy", from.resolve(name), e);
                }
                copied.add(name);
            }
        }
        return copied;
    }
}
