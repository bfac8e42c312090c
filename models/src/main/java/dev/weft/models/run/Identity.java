package dev.weft.models.run;

import dev.weft.graph.UserException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What must be the same for a run to continue to the same bits.
 *
 * @param program   hash of the sources and of the constants they are bound to
 * @param data      hash of the corpus or tensors
 * @param tokenizer fingerprint of the tokenizer; empty where there is none
 * @param seed      the run's seed
 */
public record Identity(String program, String data, String tokenizer, long seed) {

    /** As plain JSON values, for a checkpoint's state or {@code run.json}. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("program", program);
        json.put("data", data);
        json.put("tokenizer", tokenizer);
        json.put("seed", seed);
        return json;
    }

    /** What {@link #toJson} gave; {@code subject} opens the error if it is something else. */
    public static Identity fromJson(@Nullable Object value, String subject) {
        if (value instanceof Map<?, ?> json
                && json.get("program") instanceof String program
                && json.get("data") instanceof String data
                && json.get("tokenizer") instanceof String tokenizer
                && json.get("seed") instanceof Number seed) {
            return new Identity(program, data, tokenizer, seed.longValue());
        }
        throw new UserException(subject + ": must say which program, data, tokenizer and seed it belongs to");
    }

    /**
     * Checks that a run that was {@code this} is continued as {@code now}.
     *
     * @throws UserException naming what has changed
     */
    public void requireSame(Identity now, Path run) {
        requireSame(run, "program", program, now.program);
        requireSame(run, "data", data, now.data);
        requireSame(run, "tokenizer", tokenizer, now.tokenizer);
        requireSame(run, "seed", Long.toString(seed), Long.toString(now.seed));
    }

    /** As {@link #requireSame(Identity, Path)}, for the data alone, as soon as its hash is known. */
    public void requireSameData(String now, Path run) {
        requireSame(run, "data", data, now);
    }

    private static void requireSame(Path run, String what, String then, String now) {
        if (!then.equals(now)) {
            throw new UserException(
                    run + ": its " + what + " has changed since it was started (" + brief(then) + " then, "
                            + brief(now) + " now); resuming continues to the same bits only with the same " + what
                            + ". Restore it, or start a new run from this one with --init-from " + run);
        }
    }

    private static String brief(String value) {
        return value.length() > 24 ? value.substring(0, 24) + "…" : value;
    }
}
