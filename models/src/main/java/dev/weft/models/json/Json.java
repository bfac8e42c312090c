package dev.weft.models.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weft.graph.DefectException;
import dev.weft.graph.UserException;
import dev.weft.models.io.AtomicFiles;
import dev.weft.models.io.IoErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/** Reading and writing JSON objects. Key order is kept; a key given twice is an error. */
public final class Json {

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    /** A text may be as long as what holds it; how deep values nest, and how long numbers are, stays limited. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final ObjectMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** How the library names a second place in a message. */
    private static final Pattern PLACE = Pattern.compile("\\[Source: [^\\]]*; line: (\\d+), column: (\\d+)\\]");

    private Json() {}

    /** The object in {@code path}. */
    public static Map<String, Object> readObject(Path path) {
        String text;
        try {
            text = Files.readString(path);
        } catch (IOException e) {
            throw IoErrors.of("read", path, e);
        }
        return parseObject(text, path.toString());
    }

    /** The object that {@code text} spells; {@code origin} is where it came from, for the error. */
    public static Map<String, Object> parseObject(String text, String origin) {
        try {
            Map<String, Object> object = MAPPER.readValue(text, OBJECT);
            if (object == null) {
                throw new UserException(origin + ": must hold a JSON object, got null");
            }
            return object;
        } catch (JsonProcessingException e) {
            throw new UserException(origin + ": must hold a JSON object; " + problem(e), e);
        }
    }

    /** One line, no spaces. */
    public static String line(Map<String, ?> object) {
        return print(MAPPER, object);
    }

    /** Several lines, indented, with a newline at the end. */
    public static String pretty(Map<String, ?> object) {
        return print(MAPPER.copy().enable(SerializationFeature.INDENT_OUTPUT), object) + "\n";
    }

    public static void write(Path path, Map<String, ?> object) {
        AtomicFiles.writeString(path, pretty(object));
    }

    private static String print(ObjectMapper mapper, Map<String, ?> object) {
        try {
            return mapper.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new DefectException("JSON: cannot print " + object.keySet(), e);
        }
    }

    static String problem(JsonProcessingException e) {
        var location = e.getLocation();
        String where =
                location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
        return PLACE.matcher(e.getOriginalMessage()).replaceAll("line $1, column $2") + where;
    }
}
