package dev.weft.cli;

import dev.weft.models.sample.Distribution;
import dev.weft.models.tokenizer.Tokenizer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Every token of a text with its surprise, in words and as data. */
final class TextReport {

    /** Bits at which a bar is full. */
    private static final double MOST_BITS = 16;

    private static final int BAR = 16;

    private final Tokenizer tokenizer;
    private final int first;
    private final List<ScoredToken> tokens;
    private final int top;

    TextReport(Tokenizer tokenizer, int first, List<ScoredToken> tokens, int top) {
        this.tokenizer = tokenizer;
        this.first = first;
        this.tokens = List.copyOf(tokens);
        this.top = top;
    }

    private double nats() {
        return tokens.stream().mapToDouble(token -> -token.logProbability()).sum();
    }

    private String text(int id) {
        return TokenText.of(tokenizer, id);
    }

    /** The most expected tokens. */
    private List<Distribution.Choice> likeliest(ScoredToken token) {
        return token.likeliest().stream().limit(top).toList();
    }

    Map<String, Object> json() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ScoredToken token : tokens) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("id", token.id());
            row.put("text", text(token.id()));
            row.put("logprob", token.logProbability());
            row.put("bits", token.surprise());
            row.put("rank", token.rank());
            row.put("entropy_bits", token.entropyBits());
            row.put(
                    "top",
                    likeliest(token).stream()
                            .map(choice -> Map.of(
                                    "id", choice.id(), "text", text(choice.id()), "probability", choice.probability()))
                            .toList());
            rows.add(row);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("total_nats", nats());
        json.put("total_bits", nats() / Math.log(2));
        json.put("first", Map.of("id", first, "text", text(first)));
        json.put("tokens", rows);
        return json;
    }

    void print(PrintStream to) {
        to.println("   bits   rank  entropy  token");
        for (ScoredToken token : tokens) {
            String likelier = likeliest(token).stream()
                    .filter(choice -> choice.logProbability() > token.logProbability())
                    .map(choice -> "%s %.3f".formatted(JsonText.of(text(choice.id())), choice.probability()))
                    .collect(Collectors.joining("  "));
            to.println("%7.3f %6d  %7.3f  %-14s %-16s %s"
                    .formatted(
                            token.surprise(),
                            token.rank(),
                            token.entropyBits(),
                            JsonText.of(text(token.id())),
                            Bars.of(token.surprise() / MOST_BITS, BAR),
                            likelier)
                    .stripTrailing());
        }
        to.printf(
                "%,d tokens behind the first, %.4f bits in all, %.4f bits a token%n",
                tokens.size(), nats() / Math.log(2), nats() / Math.log(2) / tokens.size());
    }

    void csv(PrintStream to) {
        to.println("index,id,text,logprob,bits,rank,entropy_bits");
        for (int i = 0; i < tokens.size(); i++) {
            ScoredToken token = tokens.get(i);
            to.println("%d,%d,%s,%s,%s,%d,%s"
                    .formatted(
                            i + 1,
                            token.id(),
                            CsvText.of(text(token.id())),
                            token.logProbability(),
                            token.surprise(),
                            token.rank(),
                            token.entropyBits()));
        }
    }
}
