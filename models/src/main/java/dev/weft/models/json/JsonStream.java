package dev.weft.models.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.graph.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reading JSON that is too long to be held at once. */
public final class JsonStream {

    private static final ObjectMapper MAPPER =
            new ObjectMapper(Json.FACTORY.copy()).enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());

    private JsonStream() {}

    /** Whether JSON that begins with {@code head} is an array whose first element is a string, or an object with such a string. */
    public static boolean listsStringsOrObjectsWith(String field, byte[] head) {
        try (JsonParser parser = MAPPER.createParser(head)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return false;
            }
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                return first == JsonToken.VALUE_STRING;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals(field);
                if (parser.nextToken() == JsonToken.VALUE_STRING && wanted) {
                    return true;
                }
                parser.skipChildren();
            }
            return false;
        } catch (IOException cutOffOrNoJson) {
            return false;
        }
    }

    /**
     * The elements of an array: maps, lists, strings, numbers, booleans and null.
     *
     * @throws UserException if it is no array, is cut off, or something follows it
     */
    public static void elements(InputStream stream, String origin, Consumer<@Nullable Object> elements)
            throws IOException {
        try (JsonParser parser = MAPPER.createParser(stream)) {
            parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new UserException(origin + ": must hold a JSON array");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                elements.accept(parser.readValueAs(Object.class));
            }
            if (parser.nextToken() != null) {
                throw new UserException(origin + ": must hold one JSON array, and nothing after it");
            }
        } catch (JsonProcessingException e) {
            throw new UserException(origin + ": must hold a JSON array; " + Json.problem(e), e);
        }
    }
}
