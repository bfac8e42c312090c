package dev.weft.cli;

import dev.weft.models.sample.Distribution;
import dev.weft.models.tokenizer.Tokenizer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The likeliest next tokens, in words and as data. */
final class NextReport {

    private static final int BAR = 24;

    private final Tokenizer tokenizer;
    private final Distribution distribution;
    private final List<Distribution.Choice> choices;

    NextReport(Tokenizer tokenizer, Distribution distribution, int top) {
        this.tokenizer = tokenizer;
        this.distribution = distribution;
        this.choices = distribution.top(top);
    }

    Map<String, Object> json() {
        List<Map<String, Object>> rows = new ArrayList<>();
        double cumulative = 0;
        for (Distribution.Choice choice : choices) {
            cumulative += choice.probability();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("id", choice.id());
            row.put("text", TokenText.of(tokenizer, choice.id()));
            row.put("probability", choice.probability());
            row.put("logprob", choice.logProbability());
            row.put("cumulative", cumulative);
            rows.add(row);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("entropy_bits", distribution.entropyBits());
        json.put("top", rows);
        return json;
    }

    void print(PrintStream to) {
        to.println("     id  probability  cumulative   logprob  text");
        double most = choices.getFirst().probability();
        double cumulative = 0;
        for (Distribution.Choice choice : choices) {
            cumulative += choice.probability();
            to.printf(
                    "%7d  %11.5f  %10.5f  %8.4f  %-12s %s%n",
                    choice.id(),
                    choice.probability(),
                    cumulative,
                    choice.logProbability(),
                    JsonText.of(TokenText.of(tokenizer, choice.id())),
                    Bars.of(choice.probability() / most, BAR));
        }
        to.printf("entropy %.4f bits%n", distribution.entropyBits());
    }

    void csv(PrintStream to) {
        to.println("id,text,probability,logprob,cumulative");
        double cumulative = 0;
        for (Distribution.Choice choice : choices) {
            cumulative += choice.probability();
            to.println("%d,%s,%s,%s,%s"
                    .formatted(
                            choice.id(),
                            CsvText.of(TokenText.of(tokenizer, choice.id())),
                            choice.probability(),
                            choice.logProbability(),
                            cumulative));
        }
    }
}
