package dev.weft.models.training;

import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.models.Trainer;
import dev.weft.models.names.Rename;
import dev.weft.models.run.RunFolder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A {@link TrainingRequest} as plain JSON values, and back: what {@code run.json} holds. */
final class RequestJson {

    private final Map<?, ?> json;
    private final String subject;

    private RequestJson(Map<?, ?> json, String subject) {
        this.json = json;
        this.subject = subject;
    }

    static Map<String, Object> write(TrainingRequest request) {
        Trainer.Options options = request.options();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("program", request.program());
        json.put("constants", new TreeMap<>(request.constants()));
        json.put("optimizer", request.optimizer());
        json.put("optimizer_constants", new TreeMap<>(request.optimizerConstants()));
        json.put("data", request.data());
        json.put("tokenizer", request.tokenizer());
        json.put("batch", request.batch());
        json.put("accumulate", options.accumulate());
        json.put("steps", options.steps());
        json.put("lr", options.peak());
        json.put("min_lr", options.floor());
        json.put("warmup", options.warmup());
        // JSON has no infinity: null is no limit.
        json.put("clip", Double.isInfinite(options.clip()) ? null : options.clip());
        json.put("loss_options", new TreeMap<>(options.extra()));
        json.put("eval_every", request.evalEvery());
        json.put("seed", options.seed());
        InitFrom from = request.initFrom();
        json.put("init_from", from == null ? null : from.model());
        if (from != null && !from.renames().isEmpty()) {
            json.put("rename", from.renames().stream().map(Rename::toString).toList());
        }
        if (from != null && from.partial()) {
            json.put("partial", true);
        }
        return json;
    }

    /** @throws UserException naming the field that is missing or of another kind */
    static TrainingRequest read(Map<?, ?> json, String subject) {
        if (json.containsKey(RunFolder.IMPORTED)) {
            throw new UserException(subject
                    + ": belongs to a model that was imported, not trained; start a run from it with --init-from");
        }
        try {
            return new RequestJson(json, subject).read();
        } catch (RangeException wrong) { // of what is written there, not of what was asked for
            throw new UserException(subject + ": " + wrong.getMessage(), wrong);
        }
    }

    private TrainingRequest read() {
        Map<String, Double> extra = new LinkedHashMap<>();
        object("loss_options").forEach((name, value) -> extra.put((String) name, ((Number) value).doubleValue()));
        double clip = json.get("clip") == null
                ? Double.POSITIVE_INFINITY
                : number("clip").doubleValue();
        return new TrainingRequest(
                text("program"),
                texts("constants"),
                text("optimizer"),
                texts("optimizer_constants"),
                list("data"),
                optionalText("tokenizer"),
                number("batch").intValue(),
                number("eval_every").longValue(),
                initFrom(),
                new Trainer.Options(
                        number("steps").longValue(),
                        number("accumulate").intValue(),
                        number("lr").doubleValue(),
                        number("min_lr").doubleValue(),
                        number("warmup").doubleValue(),
                        clip,
                        number("seed").intValue(),
                        extra));
    }

    private @Nullable InitFrom initFrom() {
        String model = optionalText("init_from");
        List<Rename> renames = json.get("rename") == null
                ? List.of()
                : list("rename").stream().map(Rename::parse).toList();
        return model == null ? null : new InitFrom(model, renames, Boolean.TRUE.equals(json.get("partial")));
    }

    private String text(String field) {
        return json.get(field) instanceof String text ? text : wrong(field, "a string");
    }

    private @Nullable String optionalText(String field) {
        return json.get(field) == null ? null : text(field);
    }

    private Number number(String field) {
        return json.get(field) instanceof Number number ? number : wrong(field, "a number");
    }

    private Map<?, ?> object(String field) {
        return json.get(field) instanceof Map<?, ?> map ? map : wrong(field, "an object");
    }

    private Map<String, String> texts(String field) {
        Map<String, String> texts = new LinkedHashMap<>();
        object(field).forEach((name, value) -> texts.put((String) name, String.valueOf(value)));
        return texts;
    }

    private List<String> list(String field) {
        if (!(json.get(field) instanceof List<?> items)) {
            return wrong(field, "a list");
        }
        List<String> texts = new ArrayList<>();
        items.forEach(item -> texts.add(String.valueOf(item)));
        return texts;
    }

    private <T> T wrong(String field, String wanted) {
        throw new UserException("%s: %s must be %s, got %s; it is not a run of this version of Weft"
                .formatted(subject, field, wanted, json.get(field)));
    }
}
