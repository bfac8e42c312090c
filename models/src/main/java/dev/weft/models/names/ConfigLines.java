package dev.weft.models.names;

import dev.weft.graph.UserException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a {@code .names} file that are about {@code config.json}. A key with dots is one of an object in an object.
 *
 * @param lines what is read
 * @param written what is written
 */
record ConfigLines(String origin, List<Line> lines, List<Line> written) {

    ConfigLines {
        lines = List.copyOf(lines);
        written = List.copyOf(written);
    }

    static ConfigLines of(String origin, List<Line> all) {
        List<Line> read = all.stream()
                .map(line -> line instanceof Line.Read(int number, Line inner) ? inner : line)
                .toList();
        return new ConfigLines(
                origin,
                read,
                all.stream().filter(line -> !(line instanceof Line.Read)).toList());
    }

    /** As {@link Names#constants}. */
    SequencedMap<String, Object> constants(Map<String, ?> config, String subject) {
        lines.forEach(line -> {
            if (line instanceof Line.Fixed fixed && has(config, fixed.key())) {
                requireOneOf(fixed, get(config, fixed.key()), subject);
            }
        });
        SequencedMap<String, Object> constants = new LinkedHashMap<>();
        Map<String, String> keys = new LinkedHashMap<>();
        for (Line line : lines) {
            if (line instanceof Line.Constant constant) {
                keys.merge(constant.constant(), constant.key(), (some, other) -> some + " or " + other);
                putConstant(constants, constant, get(config, constant.key()), subject);
            }
        }
        putOtherwise(constants);
        keys.forEach((constant, key) -> {
            if (!constants.containsKey(constant)) {
                throw new UserException(subject + ": must say " + key + ", which gives the program's constant "
                        + constant + " (" + origin + ")");
            }
        });
        lines.forEach(line -> {
            if (line instanceof Line.Quotient quotient && get(config, quotient.key()) != null) {
                requireQuotient(quotient, get(config, quotient.key()), constants, subject);
            }
        });
        return constants;
    }

    private static void putConstant(
            Map<String, Object> constants, Line.Constant line, @Nullable Object value, String subject) {
        if (value == null) {
            return;
        }
        if (!(value instanceof Number || value instanceof Boolean)) {
            throw new UserException(subject + ": " + line.key() + " must be a number, got " + value);
        }
        Object other = constants.putIfAbsent(line.constant(), value);
        if (other != null && !isSame(other, value)) {
            throw new UserException(subject + ": " + line.key() + " must be " + other
                    + " like the other key that gives " + line.constant() + ", got " + value);
        }
    }

    private void putOtherwise(Map<String, Object> constants) {
        for (Line line : lines) {
            if (line instanceof Line.Constant constant && !constants.containsKey(constant.constant())) {
                switch (constant.otherwise()) {
                    case Line.Otherwise.Value(Object value) -> constants.put(constant.constant(), value);
                    case Line.Otherwise.SameAs(String other) -> {
                        Object value = constants.get(other);
                        if (value != null) {
                            constants.put(constant.constant(), value);
                        }
                    }
                    case null -> {}
                }
            }
        }
    }

    private void requireOneOf(Line.Fixed line, @Nullable Object got, String subject) {
        if (line.values().stream().noneMatch(wanted -> isSame(wanted, got))) {
            String wanted = String.join(
                    " or ", line.values().stream().map(String::valueOf).toList());
            throw new UserException(subject + ": " + line.key() + " must be " + wanted + " for this program, got " + got
                    + " (" + origin + ":" + line.number() + ")");
        }
    }

    private void requireQuotient(
            Line.Quotient line, @Nullable Object got, Map<String, Object> constants, String subject) {
        Object follows = quotient(line, constants);
        if (!isSame(follows, got)) {
            throw new UserException("%s: %s must be %s, %s divided by %s, for this program, got %s (%s:%d)"
                    .formatted(subject, line.key(), follows, line.over(), line.under(), got, origin, line.number()));
        }
    }

    private Object quotient(Line.Quotient line, Map<String, ?> constants) {
        long over = whole(line, line.over(), constants);
        long under = whole(line, line.under(), constants);
        if (under == 0 || over % under != 0) {
            throw new UserException("%s:%d: %s is %d and cannot be divided by %s, which is %d"
                    .formatted(origin, line.number(), line.over(), over, line.under(), under));
        }
        return over / under;
    }

    private long whole(Line line, String constant, Map<String, ?> constants) {
        return constant(line, constant, constants) instanceof Number number
                ? number.longValue()
                : fail(line, constant + " must be a number to be divided");
    }

    private long fail(Line line, String problem) {
        throw new UserException(origin + ":" + line.number() + ": " + problem);
    }

    private Object constant(Line line, String constant, Map<String, ?> constants) {
        Object value = constants.get(constant);
        if (value == null) {
            throw new UserException(origin + ":" + line.number() + ": the program has no constant " + constant
                    + "; it has " + constants.keySet());
        }
        return value;
    }

    private static boolean isSame(@Nullable Object wanted, @Nullable Object got) {
        return wanted instanceof Number some && got instanceof Number other
                ? some.doubleValue() == other.doubleValue()
                : Objects.equals(wanted, got);
    }

    /** As {@link Names#config}. */
    SequencedMap<String, @Nullable Object> config(Map<String, ?> constants, OptionalInt endOfText) {
        SequencedMap<String, @Nullable Object> config = new LinkedHashMap<>();
        Set<String> usual = usualObjects(constants);
        for (Line line : written) {
            if (usual.contains(object(line))) {
                continue;
            }
            switch (line) {
                case Line.Constant given -> put(config, given.key(), constant(line, given.constant(), constants));
                case Line.Quotient given -> put(config, given.key(), quotient(given, constants));
                case Line.Fixed fixed -> put(config, fixed.key(), fixed.values().getFirst());
                case Line.EndOfText end -> put(config, end.key(), endOfText.isPresent() ? endOfText.getAsInt() : null);
                case Line.Prefix prefix -> {}
                case Line.Tensors tensors -> {}
                case Line.Copy copy -> {}
                case Line.Ignore ignore -> {}
                case Line.Read read -> {}
            }
        }
        return config;
    }

    /** Inner objects in which every constant is what it would be without them: they are not written. */
    private Set<String> usualObjects(Map<String, ?> constants) {
        Map<String, Boolean> usual = new HashMap<>();
        for (Line line : written) {
            if (line instanceof Line.Constant given && !object(line).isEmpty()) {
                boolean same = given.otherwise() instanceof Line.Otherwise.Value(Object value)
                        && isSame(value, constant(line, given.constant(), constants));
                usual.merge(object(line), same, Boolean::logicalAnd);
            }
        }
        return usual.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** The object that a line's key is in; empty for the whole file. */
    private static String object(Line line) {
        String key =
                switch (line) {
                    case Line.Constant given -> given.key();
                    case Line.Quotient given -> given.key();
                    case Line.Fixed given -> given.key();
                    case Line.EndOfText given -> given.key();
                    case Line.Prefix other -> "";
                    case Line.Tensors other -> "";
                    case Line.Copy other -> "";
                    case Line.Ignore other -> "";
                    case Line.Read other -> "";
                };
        return key.substring(0, Math.max(0, key.lastIndexOf('.')));
    }

    private static boolean has(Map<?, ?> config, String key) {
        int dot = key.indexOf('.');
        return dot < 0
                ? config.containsKey(key)
                : config.get(key.substring(0, dot)) instanceof Map<?, ?> inner && has(inner, key.substring(dot + 1));
    }

    private static @Nullable Object get(Map<?, ?> config, String key) {
        int dot = key.indexOf('.');
        if (dot < 0) {
            return config.get(key);
        }
        return config.get(key.substring(0, dot)) instanceof Map<?, ?> inner ? get(inner, key.substring(dot + 1)) : null;
    }

    @SuppressWarnings("unchecked") // what lies under the first part of a dotted key was put there by this method
    private static void put(Map<String, @Nullable Object> config, String key, @Nullable Object value) {
        int dot = key.indexOf('.');
        if (dot < 0) {
            config.put(key, value);
        } else {
            Object inner = config.computeIfAbsent(key.substring(0, dot), name -> new LinkedHashMap<String, Object>());
            put((Map<String, @Nullable Object>) inner, key.substring(dot + 1), value);
        }
    }
}
