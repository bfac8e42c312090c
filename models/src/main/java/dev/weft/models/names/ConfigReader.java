package dev.weft.models.names;

import dev.weft.graph.UserException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The constants that a foreign {@code config.json} gives, by the lines of a {@code .names} file that are read. */
final class ConfigReader {

    private final ConfigLines lines;
    private final Map<String, ?> config;
    private final String subject;
    private final SequencedMap<String, Object> constants = new LinkedHashMap<>();

    /** @param subject the file, for messages */
    ConfigReader(ConfigLines lines, Map<String, ?> config, String subject) {
        this.lines = lines;
        this.config = config;
        this.subject = subject;
    }

    /** As {@link Names#constants}. */
    SequencedMap<String, Object> constants() {
        lines.read().forEach(line -> {
            if (line instanceof Line.Fixed fixed && ConfigKeys.has(config, fixed.key())) {
                requireOneOf(fixed.values(), fixed, fixed.key());
            }
        });
        putChoices();
        List<Line.Constant> counting = lines.constants(lines.read(), constants);
        counting.forEach(this::put);
        counting.forEach(this::putOtherwise);
        requireAll(counting);
        lines.read().forEach(line -> {
            if (line instanceof Line.Quotient quotient && ConfigKeys.get(config, quotient.key()) != null) {
                requireQuotient(quotient);
            }
        });
        return constants;
    }

    private void putChoices() {
        for (Line line : lines.read()) {
            if (line instanceof Line.Choice choice && ConfigKeys.get(config, choice.key()) != null) {
                int place = requireOneOf(choice.values(), choice, choice.key());
                Object other = constants.putIfAbsent(choice.constant(), place);
                if (other != null && !other.equals(place)) {
                    throw differs(
                            choice,
                            choice.constant(),
                            lines.chosen(choice, constants),
                            ConfigKeys.get(config, choice.key()));
                }
            }
        }
        for (Line line : lines.read()) {
            if (line instanceof Line.Choice choice) {
                constants.putIfAbsent(choice.constant(), 0);
            }
        }
    }

    private void put(Line.Constant line) {
        Object value = ConfigKeys.get(config, line.key());
        if (value == null) {
            return;
        }
        if (!(value instanceof Number || value instanceof Boolean)) {
            throw new UserException(subject + ": " + line.key() + " must be a number, got " + value);
        }
        Object other = constants.putIfAbsent(line.constant(), value);
        if (other != null && !ConfigKeys.isSame(other, value)) {
            throw differs(line, line.constant(), other, value);
        }
    }

    private UserException differs(Line line, String constant, Object other, @Nullable Object value) {
        return new UserException("%s: %s must be %s like the other key that gives %s, got %s"
                .formatted(subject, line.key(), other, constant, value));
    }

    private void putOtherwise(Line.Constant line) {
        if (!constants.containsKey(line.constant())) {
            Object value = ConfigLines.otherwise(line, constants);
            if (value != null) {
                constants.put(line.constant(), value);
            }
        }
    }

    private void requireAll(List<Line.Constant> counting) {
        Map<String, String> keys = new LinkedHashMap<>();
        counting.forEach(line -> keys.merge(line.constant(), line.key(), (some, other) -> some + " or " + other));
        keys.forEach((constant, key) -> {
            if (!constants.containsKey(constant)) {
                throw new UserException(subject + ": must say " + key + ", which gives the program's constant "
                        + constant + " (" + lines.origin() + ")");
            }
        });
    }

    /** The place of what the file says among {@code values}. */
    private int requireOneOf(List<?> values, Line line, String key) {
        @Nullable Object got = ConfigKeys.get(config, key);
        for (int i = 0; i < values.size(); i++) {
            if (ConfigKeys.isSame(values.get(i), got)) {
                return i;
            }
        }
        String wanted = String.join(" or ", values.stream().map(String::valueOf).toList());
        throw new UserException(subject + ": " + key + " must be " + wanted + " for this program, got " + got + " ("
                + lines.origin() + ":" + line.number() + ")");
    }

    private void requireQuotient(Line.Quotient line) {
        Object got = ConfigKeys.get(config, line.key());
        Object follows = lines.quotient(line, constants);
        if (!ConfigKeys.isSame(follows, got)) {
            throw new UserException("%s: %s must be %s, %s divided by %s, for this program, got %s (%s:%d)"
                    .formatted(
                            subject,
                            line.key(),
                            follows,
                            line.over(),
                            line.under(),
                            got,
                            lines.origin(),
                            line.number()));
        }
    }
}
