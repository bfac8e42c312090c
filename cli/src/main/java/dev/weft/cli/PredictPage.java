package dev.weft.cli;

import dev.weft.models.sample.Distribution;
import dev.weft.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A page that shows how a model expected each token of a text; it needs nothing beside itself. */
final class PredictPage {

    private static final String TEMPLATE = "predict.html";
    private static final String PLACE = "\"DATA\"";

    private PredictPage() {}

    /**
     * @param title of the page
     * @param first id of the text's first token, which is not predicted
     */
    static String of(String title, Tokenizer tokenizer, int first, List<ScoredToken> tokens) {
        Map<String, Object> texts = new TreeMap<>();
        texts.put(Integer.toString(first), TokenText.of(tokenizer, first));
        tokens.forEach(token -> {
            if (token.id() >= 0) {
                texts.put(Integer.toString(token.id()), TokenText.of(tokenizer, token.id()));
            }
            token.likeliest()
                    .forEach(choice -> texts.put(Integer.toString(choice.id()), TokenText.of(tokenizer, choice.id())));
        });
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("title", title);
        data.put("first", first);
        data.put("texts", texts);
        data.put("tokens", tokens.stream().map(PredictPage::row).toList());
        // A script ends at the first of these, whatever surrounds it.
        return template().replace(PLACE, JsonText.of(data).replace("</", "<\\/").replace("<!--", "<\\!--"));
    }

    private static Map<String, Object> row(ScoredToken token) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", token.id());
        row.put("logprob", rounded(token.logProbability()));
        row.put("rank", token.rank());
        row.put("entropy", rounded(token.entropyBits()));
        row.put("ids", token.likeliest().stream().map(Distribution.Choice::id).toList());
        row.put(
                "logprobs",
                token.likeliest().stream()
                        .map(choice -> rounded(choice.logProbability()))
                        .toList());
        row.put("rest", token.restCount() == 0 ? null : rounded(token.restLogSum()));
        row.put("restCount", token.restCount());
        return row;
    }

    private static double rounded(double value) {
        return Double.isFinite(value) ? Math.rint(value * 1e5) / 1e5 : value;
    }

    private static String template() {
        try (InputStream in = PredictPage.class.getResourceAsStream(TEMPLATE)) {
            if (in == null) {
                throw new IllegalStateException(TEMPLATE + ": is missing from this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
