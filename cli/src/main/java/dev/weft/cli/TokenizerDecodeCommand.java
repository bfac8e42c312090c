package dev.weft.cli;

import dev.weft.graph.UserException;
import dev.weft.models.io.IoErrors;
import dev.weft.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ids to text. */
@Command(
        name = "decode",
        description = "Print what ids stand for, byte for byte.",
        footer = {"", "Example: weft tokenizer decode gpt2 7454 2402"})
final class TokenizerDecodeCommand extends Action {

    @Mixin
    final TokenizerOptions tokenizer = new TokenizerOptions();

    @Parameters(index = "1..*", paramLabel = "ID", description = "Ids, in order.")
    List<String> ids = new ArrayList<>();

    @Option(names = "--file", paramLabel = "FILE", description = "A file with ids, white space between them.")
    @Nullable
    Path file;

    TokenizerDecodeCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        Tokenizer with = tokenizer.load();
        List<String> words = new ArrayList<>(ids);
        words.forEach(word -> requireId(word, with.vocabularySize()));
        if (file != null) {
            try {
                words.addAll(List.of(Files.readString(file).strip().split("\\s+")));
            } catch (IOException e) {
                throw IoErrors.of("read", "--file " + file, file, e);
            }
        }
        words.removeIf(String::isEmpty);
        byte[] bytes = with.decodeBytes(
                words.stream().mapToInt(TokenizerDecodeCommand::id).toArray());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("text", new String(bytes, StandardCharsets.UTF_8));
        json.put("tokens", words.size());
        json.put("bytes", bytes.length);
        result(json, to -> to.write(bytes, 0, bytes.length));
        return ExitCode.DONE;
    }

    /** Of an id on the command line; one in a file is told by the tokenizer. */
    private void requireId(String word, int vocabulary) {
        if (!word.matches("[0-9]{1,9}") || Integer.parseInt(word) >= vocabulary) {
            throw refused("ID: must be a number from 0 to %d, got %s".formatted(vocabulary - 1, word));
        }
    }

    private static int id(String word) {
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw new UserException("token id: must be a number, got " + word, e);
        }
    }
}
