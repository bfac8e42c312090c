package dev.weft.models.tokenizer.file;

import dev.weft.graph.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object in a JSON file, asked for fields of a kind; what is of another kind is named with its place.
 *
 * @param file for messages
 * @param path of the object in the file, such as {@code model}; empty for the whole
 */
record Fields(String file, String path, Map<?, ?> values) {

    /** {@code file: model.vocab}. */
    String place(String name) {
        return file + ": " + (path.isEmpty() ? "" : path + ".") + name;
    }

    /** What to throw where a file uses something that is not there. */
    UserException unsupported(String what, String known) {
        return new UserException(
                "%s: uses %s%s; Weft reads %s".formatted(file, what, path.isEmpty() ? "" : " (" + path + ")", known));
    }

    boolean has(String name) {
        return values.get(name) != null;
    }

    @Nullable
    Object get(String name) {
        return values.get(name);
    }

    /** Whether a field is there and neither false, 0 nor empty. */
    boolean isOn(String name) {
        return switch (values.get(name)) {
            case null -> false;
            case Boolean truth -> truth;
            case Number number -> number.doubleValue() != 0;
            case String text -> !text.isEmpty();
            case Object other -> true;
        };
    }

    String text(String name) {
        return values.get(name) instanceof String text ? text : wrong(name, "a text");
    }

    int integer(String name) {
        return values.get(name) instanceof Integer number && number >= 0 ? number : wrong(name, "a number from 0");
    }

    List<?> list(String name) {
        return values.get(name) instanceof List<?> list ? list : wrong(name, "a list");
    }

    /** An object as it is. */
    @SuppressWarnings("unchecked") // the keys of JSON objects are texts
    Map<String, Object> map(String name) {
        return values.get(name) instanceof Map<?, ?> map ? (Map<String, Object>) map : wrong(name, "an object");
    }

    Fields object(String name) {
        return new Fields(file, path.isEmpty() ? name : path + "." + name, map(name));
    }

    List<Fields> objects(String name) {
        List<Fields> objects = new ArrayList<>();
        for (Object each : list(name)) {
            String at = (path.isEmpty() ? "" : path + ".") + name + "[" + objects.size() + "]";
            if (!(each instanceof Map<?, ?> map)) {
                throw new UserException(file + ": " + at + ": must be an object, got " + each);
            }
            objects.add(new Fields(file, at, map));
        }
        return objects;
    }

    private <T> T wrong(String name, String kind) {
        Object got = values.get(name);
        String shown = String.valueOf(got);
        throw new UserException("%s: must be %s, got %s"
                .formatted(
                        place(name), kind, got == null ? "nothing" : shown.substring(0, Math.min(80, shown.length()))));
    }
}
