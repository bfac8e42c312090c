package dev.weft.bench.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Lines of the protocol, each a JSON object. */
final class Lines {

    static final String DO = "do";
    static final String OPEN = "open";
    static final String STEPS = "steps";
    static final String END = "end";

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Lines() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ObjectNode of(Object record) {
        return MAPPER.valueToTree(record);
    }

    /** @throws IllegalArgumentException if it is no JSON object; the message shows the line */
    static ObjectNode parse(String line) {
        try {
            JsonNode node = MAPPER.readTree(line);
            if (node instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("must be a JSON object on one line, got: " + line, e);
        }
        throw new IllegalArgumentException("must be a JSON object on one line, got: " + line);
    }

    /** @throws IllegalArgumentException if it lacks what the record takes */
    static <T> T read(ObjectNode node, Class<T> type) {
        try {
            return MAPPER.treeToValue(node, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "must have the fields of " + type.getSimpleName().toLowerCase(java.util.Locale.ROOT) + ", got: "
                            + node,
                    e);
        }
    }
}
