package dev.weft.cli;

import dev.weft.models.sample.Drawn;
import dev.weft.models.tokenizer.Tokenizer;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Why tokens could be drawn, in words and as data. */
final class DrawnReport {

    private DrawnReport() {}

    static Map<String, Object> json(Drawn drawn) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", drawn.id());
        json.put("rank", drawn.rank());
        json.put("probability", Math.exp(drawn.logProbability()));
        json.put("logprob", drawn.logProbability());
        json.put("entropy_bits", drawn.entropyBits());
        json.put("share", drawn.share());
        json.put(
                "removed",
                drawn.removed().stream()
                        .map(removed ->
                                Map.of("filter", removed.filter(), "mass", removed.mass(), "tokens", removed.tokens()))
                        .toList());
        return json;
    }

    static void print(List<Drawn> drawn, Tokenizer tokenizer, PrintStream to) {
        to.println("   rank  probability  entropy   share  token          removed");
        for (Drawn token : drawn) {
            String removed = token.removed().stream()
                    .filter(part -> part.tokens() > 0)
                    .map(part -> "%s %.4f (%d)".formatted(part.filter(), part.mass(), part.tokens()))
                    .collect(Collectors.joining("  "));
            to.println("%7d  %11.5f  %7.3f  %6.4f  %-14s %s"
                    .formatted(
                            token.rank(),
                            Math.exp(token.logProbability()),
                            token.entropyBits(),
                            token.share(),
                            JsonText.of(TokenText.of(tokenizer, token.id())),
                            removed)
                    .stripTrailing());
        }
    }
}
