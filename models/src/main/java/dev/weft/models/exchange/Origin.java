package dev.weft.models.exchange;

import dev.weft.graph.UserException;
import dev.weft.models.run.RunFolder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an imported run keeps of the folder that it was, so that it can become it again; in {@code run.json}.
 *
 * @param from the folder
 * @param config what its {@code config.json} said, as plain JSON values
 * @param tensors the names of its tensors, without those that were ignored
 */
record Origin(String from, Map<String, @Nullable Object> config, List<String> tensors) {

    Origin {
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config)); // null is a value of JSON
        tensors = List.copyOf(tensors);
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("from", from);
        json.put("config", config);
        json.put("tensors", tensors);
        return json;
    }

    /** That of the run in {@code run}; empty if it was trained. */
    static Optional<Origin> of(Path run) {
        Object kept = RunFolder.readRun(run).get(RunFolder.IMPORTED);
        if (kept == null) {
            return Optional.empty();
        }
        if (!(kept instanceof Map<?, ?> json)
                || !(json.get("from") instanceof String from)
                || !(json.get("config") instanceof Map<?, ?> config)
                || !(json.get("tensors") instanceof List<?> names)) {
            throw new UserException(run + ": run.json must say from where, with which configuration and tensors it was "
                    + RunFolder.IMPORTED);
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        config.forEach((key, value) -> values.put((String) key, value));
        return Optional.of(
                new Origin(from, values, names.stream().map(String::valueOf).toList()));
    }
}
