package dev.weft.cli;

import dev.weft.models.io.IoErrors;
import dev.weft.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Text to ids. */
@Command(
        name = "encode",
        description = "Print the ids of a text, or of any bytes.",
        footer = {"", "Example: weft tokenizer encode gpt2 --text \"Once upon a time\""})
final class TokenizerEncodeCommand extends Action {

    /** One or the other. */
    static final class Text {
        @Option(
                names = {"-p", "--text"},
                paramLabel = "TEXT",
                description = "The text.")
        @Nullable
        String text;

        @Option(names = "--file", paramLabel = "FILE", description = "A file, byte for byte.")
        @Nullable
        Path file;

        byte[] bytes() {
            if (file == null) {
                return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
            }
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw IoErrors.of("read", "--file " + file, file, e);
            }
        }
    }

    @Mixin
    final TokenizerOptions tokenizer = new TokenizerOptions();

    @ArgGroup(exclusive = true, multiplicity = "1")
    Text text = new Text();

    @Option(names = "--special", description = "Take the spelling of a special token for that token.")
    boolean special;

    @Option(names = "--pieces", description = "Print a line for each token: its id and what it stands for.")
    boolean pieces;

    TokenizerEncodeCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        Tokenizer with = tokenizer.load();
        byte[] bytes = text.bytes();
        int[] ids = special ? with.encodeWithSpecial(bytes) : with.encodeBytes(bytes);
        List<Integer> list = Arrays.stream(ids).boxed().toList();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ids", list);
        json.put("tokens", ids.length);
        json.put("bytes", bytes.length);
        json.put("bytes_per_token", (double) bytes.length / ids.length);
        result(json, to -> {
            if (pieces) {
                list.forEach(id -> to.println("%7d  %s".formatted(id, JsonText.of(with.decode(id)))));
            } else {
                to.println(list.stream().map(String::valueOf).collect(Collectors.joining(" ")));
            }
        });
        return ExitCode.DONE;
    }
}
