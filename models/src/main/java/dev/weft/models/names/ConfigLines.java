package dev.weft.models.names;

import dev.weft.graph.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a {@code .names} file that are about {@code config.json}. A key with dots is one of an object in an object.
 *
 * @param read lines by which one is read
 * @param written lines by which one is written
 */
record ConfigLines(String origin, List<Line> read, List<Line> written) {

    ConfigLines {
        read = List.copyOf(read);
        written = List.copyOf(written);
    }

    static ConfigLines of(String origin, List<Line> all) {
        List<Line> read = new ArrayList<>();
        for (Line line : all) {
            Line said = line instanceof Line.Read(int number, Line inner) ? inner : line;
            read.add(said);
            for (Line other : all) {
                if (other instanceof Line.Alias alias && said.key().startsWith(alias.original() + ".")) {
                    read.add(said.about(alias.object()
                            + said.key().substring(alias.original().length())));
                }
            }
        }
        return new ConfigLines(
                origin,
                read,
                all.stream().filter(line -> !(line instanceof Line.Read)).toList());
    }

    /** Those of {@code lines} that give a constant, and count with what is chosen in {@code constants}. */
    List<Line.Constant> constants(List<Line> lines, Map<String, ?> constants) {
        List<Line.Constant> counting = new ArrayList<>();
        for (Line line : lines) {
            if (line instanceof Line.Constant constant && holds(constant, constants)) {
                counting.add(constant);
            }
        }
        return counting;
    }

    private boolean holds(Line.Constant line, Map<String, ?> constants) {
        Line.Condition only = line.only();
        if (only == null) {
            return true;
        }
        for (Line other : read) {
            if (other instanceof Line.Choice choice && choice.constant().equals(only.constant())) {
                if (!choice.values().containsAll(only.values())) {
                    throw fail(line, "%s is one of %s".formatted(only.constant(), choice.values()));
                }
                return only.values().contains(chosen(choice, constants));
            }
        }
        throw fail(line, "no line says among which values " + only.constant() + " is one");
    }

    /** What the constant of {@code choice} stands for. */
    Object chosen(Line.Choice choice, Map<String, ?> constants) {
        long place = whole(choice, choice.constant(), constants);
        if (place < 0 || place >= choice.values().size()) {
            throw fail(
                    choice,
                    "%s must be from 0 to %d, got %d"
                            .formatted(choice.constant(), choice.values().size() - 1, place));
        }
        return choice.values().get((int) place);
    }

    /** What a line's constant is where no key says it; null where it must be said. */
    static @Nullable Object otherwise(Line.Constant line, Map<String, ?> constants) {
        return switch (line.otherwise()) {
            case Line.Otherwise.Value(Object value) -> value;
            case Line.Otherwise.SameAs(String other) -> constants.get(other);
            case null -> null;
        };
    }

    /** One constant divided by another, as {@code line} says. */
    Object quotient(Line.Quotient line, Map<String, ?> constants) {
        long over = whole(line, line.over(), constants);
        long under = whole(line, line.under(), constants);
        if (under == 0 || over % under != 0) {
            throw fail(
                    line,
                    "%s is %d and cannot be divided by %s, which is %d"
                            .formatted(line.over(), over, line.under(), under));
        }
        return over / under;
    }

    private long whole(Line line, String constant, Map<String, ?> constants) {
        if (constant(line, constant, constants) instanceof Number number) {
            return number.longValue();
        }
        throw fail(line, constant + " must be a number");
    }

    /** The value of {@code constant}, which {@code line} asks for. */
    Object constant(Line line, String constant, Map<String, ?> constants) {
        Object value = constants.get(constant);
        if (value == null) {
            throw fail(line, "the program has no constant " + constant + "; it has " + constants.keySet());
        }
        return value;
    }

    private UserException fail(Line line, String problem) {
        return new UserException(origin + ":" + line.number() + ": " + problem);
    }
}
