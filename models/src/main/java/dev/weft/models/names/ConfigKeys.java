package dev.weft.models.names;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Values of a {@code config.json} by keys, in which a dot leads into an inner object. */
final class ConfigKeys {

    private ConfigKeys() {}

    static boolean has(Map<?, ?> config, String key) {
        int dot = key.indexOf('.');
        return dot < 0
                ? config.containsKey(key)
                : config.get(key.substring(0, dot)) instanceof Map<?, ?> inner && has(inner, key.substring(dot + 1));
    }

    /** The value; null where the key is not there, or its value is null. */
    static @Nullable Object get(Map<?, ?> config, String key) {
        int dot = key.indexOf('.');
        if (dot < 0) {
            return config.get(key);
        }
        return config.get(key.substring(0, dot)) instanceof Map<?, ?> inner ? get(inner, key.substring(dot + 1)) : null;
    }

    @SuppressWarnings("unchecked") // what lies under the first part of a dotted key was put there by this method
    static void put(Map<String, @Nullable Object> config, String key, @Nullable Object value) {
        int dot = key.indexOf('.');
        if (dot < 0) {
            config.put(key, value);
        } else {
            Object inner = config.computeIfAbsent(key.substring(0, dot), name -> new LinkedHashMap<String, Object>());
            put((Map<String, @Nullable Object>) inner, key.substring(dot + 1), value);
        }
    }

    /** Whether two values of JSON are equal; numbers are where they are the same number. */
    static boolean isSame(@Nullable Object wanted, @Nullable Object got) {
        return wanted instanceof Number some && got instanceof Number other
                ? some.doubleValue() == other.doubleValue()
                : Objects.equals(wanted, got);
    }
}
