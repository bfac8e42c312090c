package dev.weft.cli;

import dev.weft.models.Token;
import dev.weft.models.sample.Drawn;
import dev.weft.models.sample.Prompt;
import dev.weft.models.sample.StopFilter;
import dev.weft.models.tokenizer.TextStream;
import dev.weft.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A text while a model writes it: its characters as far as they are whole and belong to it. */
final class WrittenText {

    private final Prompt prompt;
    private final int sample;
    private final String title;
    private final int maxTokens;
    private final TextStream pieces;
    private final StopFilter filter;
    private final int endOfText;
    private final Consumer<String> show;
    private final StringBuilder text = new StringBuilder();
    private final List<Token> tokens = new ArrayList<>();
    private boolean stopped;

    /**
     * When a text ends.
     *
     * @param maxTokens when it has so many, at the latest
     * @param stops before one of these
     */
    record End(int maxTokens, List<String> stops) {
        End {
            stops = List.copyOf(stops);
        }
    }

    /**
     * @param sample which one of this prompt, from 0
     * @param title that sets it apart from others; empty if there is none
     * @param show sees the prompt when the first token is there, and then each piece
     */
    WrittenText(Prompt prompt, int sample, String title, Tokenizer tokenizer, End end, Consumer<String> show) {
        this.prompt = prompt;
        this.sample = sample;
        this.title = title;
        this.maxTokens = end.maxTokens();
        this.pieces = new TextStream(tokenizer);
        this.filter = new StopFilter(end.stops());
        this.endOfText = tokenizer.endOfText().orElse(-1);
        this.show = show;
    }

    String title() {
        return title;
    }

    Prompt prompt() {
        return prompt;
    }

    int sample() {
        return sample;
    }

    /** Takes the next token; false if it was the last one. */
    boolean accept(Token token) {
        if (tokens.isEmpty()) {
            show.accept(prompt.text());
        }
        tokens.add(token);
        if (token.id() == endOfText) {
            stopped = true;
        } else {
            add(filter.accept(pieces.accept(token.id())));
            stopped = filter.stopped();
        }
        if (hasEnded()) {
            add(filter.accept(pieces.finish()) + filter.finish());
        }
        return !stopped;
    }

    /** Whether there will be no more tokens. */
    boolean hasEnded() {
        return stopped || tokens.size() == maxTokens;
    }

    private void add(String piece) {
        text.append(piece);
        show.accept(piece);
    }

    /** Why the tokens could be drawn, as far as that was asked for. */
    List<Drawn> drawn() {
        return tokens.stream().flatMap(token -> token.reasons().stream()).toList();
    }

    String text() {
        return text.toString();
    }

    List<Integer> ids() {
        return tokens.stream().map(Token::id).toList();
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("prompt", prompt.text());
        json.put("sample", sample);
        json.put("text", text());
        json.put("ids", ids());
        json.put(
                "logprobs",
                tokens.stream()
                        .flatMap(token -> token.logProbability().stream().boxed())
                        .toList());
        json.put("finish_reason", stopped ? "stop" : "length");
        if (!drawn().isEmpty()) {
            json.put("tokens", drawn().stream().map(DrawnReport::json).toList());
        }
        return json;
    }
}
