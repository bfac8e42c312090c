package dev.weft.bench.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.graph.UserException;
import dev.weft.models.io.AtomicFiles;
import dev.weft.models.io.IoErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs as JSON. Each row has a {@code run}: when, from what and on what it was made; the object around the rows has the same of the latest
 * run, so that a file may hold rows of several.
 */
final class RunFile {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> FACTS =
            List.of("date", "commit", "machine", "versions", "repeats", "quick", "peaks");
    private static final String RESULTS = "results";

    private RunFile() {}

    static ObjectNode of(Map<String, ?> report) {
        ObjectNode run = MAPPER.valueToTree(report);
        run.path(RESULTS).forEach(row -> dated(row, run));
        return run;
    }

    /** When and where a row was made: its own facts, or those of the run that it is in. */
    static JsonNode facts(JsonNode run, JsonNode row) {
        return row.has("run") ? row.path("run") : facts(run);
    }

    private static ObjectNode facts(JsonNode run) {
        ObjectNode facts = MAPPER.createObjectNode();
        FACTS.stream().filter(run::has).forEach(fact -> facts.set(fact, run.path(fact)));
        return facts;
    }

    private static void dated(JsonNode row, JsonNode run) {
        if (row instanceof ObjectNode object && !row.has("run")) {
            object.set("run", facts(run));
        }
    }

    /**
     * A run with the rows of an older one that it has not.
     *
     * @param order names of the suite's rows; others are left out
     */
    static ObjectNode merged(ObjectNode run, JsonNode older, List<String> order) {
        Map<String, JsonNode> rows = new LinkedHashMap<>();
        older.path(RESULTS).forEach(row -> dated(row, older));
        older.path(RESULTS).forEach(row -> rows.put(row.path("work").asText(), row));
        run.path(RESULTS).forEach(row -> rows.put(row.path("work").asText(), row));
        ObjectNode merged = run.deepCopy();
        ArrayNode results = merged.putArray(RESULTS);
        order.stream().filter(rows::containsKey).forEach(name -> results.add(rows.get(name)));
        return merged;
    }

    /** @throws UserException if the file is there and is not of this suite */
    static JsonNode read(Path file) {
        try {
            JsonNode run = Files.exists(file) ? MAPPER.readTree(file.toFile()) : MAPPER.createObjectNode();
            if (!run.isEmpty() && !run.path(RESULTS).isArray()) {
                throw new UserException("--merge: " + file + " must have rows in \"results\", as --json writes them");
            }
            return run;
        } catch (JsonProcessingException e) {
            throw new UserException("--merge: " + file + " must be JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw IoErrors.of("read", "--merge " + file, file, e);
        }
    }

    /** On one line. */
    static String line(ObjectNode run) {
        return run.toString();
    }

    /** @throws UserException if it cannot be written; an older file is then as it was */
    static void write(ObjectNode run, Path file) {
        AtomicFiles.writeString("--json " + file, file, run.toPrettyString() + "\n");
    }
}
