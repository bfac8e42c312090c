package dev.weft.cli;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * JSON from maps, collections, strings, numbers, booleans and null, without loading a library at every start. What is no number, NaN
 * or an infinity, becomes null.
 */
final class JsonText {

    /** Text that already is JSON. */
    record Raw(String text) {}

    private JsonText() {}

    static String of(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Raw raw -> raw.text();
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> quote(String.valueOf(entry.getKey())) + ":" + of(entry.getValue()))
                        .collect(Collectors.joining(",", "{", "}"));
            case Collection<?> list -> list.stream().map(JsonText::of).collect(Collectors.joining(",", "[", "]"));
            case Double number -> Double.isFinite(number) ? number.toString() : "null";
            case Float number -> Float.isFinite(number) ? number.toString() : "null";
            case Number number -> number.toString();
            case Boolean truth -> truth.toString();
            default -> quote(value.toString());
        };
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default ->
                    quoted.append(
                            c < ' ' || Character.isSurrogate(c) ? "\\u%04x".formatted((int) c) : String.valueOf(c));
            }
        }
        return quoted.append('"').toString();
    }
}
