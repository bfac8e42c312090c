package dev.weft.cli;

import dev.weft.models.data.Corpus;
import dev.weft.models.data.TextMeasure;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a tokenizer is. */
@Command(
        name = "info",
        description = "Show what a tokenizer is made of, and how many bytes of a text its tokens stand for.",
        footer = {"", "Example: weft tokenizer info gpt2 --data my.txt"})
final class TokenizerInfoCommand extends Action {

    @Mixin
    final TokenizerOptions tokenizer = new TokenizerOptions();

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = "A file, folder or archive to count the tokens of. May be given several times.")
    List<String> data = new ArrayList<>();

    TokenizerInfoCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        Tokenizer with = tokenizer.load();
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("tokenizer", with.name());
        json.put("vocabulary", with.vocabularySize());
        Optional<BpeVocabulary> bpe = Tokenizers.vocabulary(with);
        bpe.ifPresent(vocabulary -> {
            json.put("merges", vocabulary.merges().size());
            json.put("pattern", vocabulary.pattern().toString());
            json.put("regex", vocabulary.pattern().regex());
            json.put("special", vocabulary.special());
        });
        with.endOfText().ifPresent(id -> json.put("end_of_text", id));
        json.put("fingerprint", with.fingerprint());
        if (!data.isEmpty()) {
            TextMeasure measure = TextMeasure.of(Corpus.named(data), with);
            json.put("characters", measure.characters());
            json.put("bytes", measure.bytes());
            json.put("tokens", measure.tokens());
            json.put("bytes_per_token", measure.bytesPerToken());
        }
        result(
                json,
                to -> json.forEach(
                        (name, value) -> to.println("%-16s %s".formatted(name.replace('_', ' '), shown(value)))));
        return ExitCode.DONE;
    }

    private static String shown(Object value) {
        return switch (value) {
            case Integer number -> "%,d".formatted(number);
            case Long number -> "%,d".formatted(number);
            case Double number -> "%.3f".formatted(number);
            case Map<?, ?> map ->
                String.join(
                        ", ",
                        map.entrySet().stream()
                                .map(entry -> entry.getKey() + " = " + entry.getValue())
                                .toList());
            default -> value.toString();
        };
    }
}
