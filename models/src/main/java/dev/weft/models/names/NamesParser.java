package dev.weft.models.names;

import dev.weft.graph.UserException;
import dev.weft.models.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The text of a {@code .names} file as lines. */
final class NamesParser {

    private final String origin;
    private int number;

    NamesParser(String origin) {
        this.origin = origin;
    }

    List<Line> parse(String text) {
        List<Line> lines = new ArrayList<>();
        for (String raw : text.split("\n", -1)) {
            number++;
            String line = withoutComment(raw).strip();
            if (!line.isEmpty()) {
                lines.add(line(line));
            }
        }
        return List.copyOf(lines);
    }

    /** A {@code #} begins a comment at the start of a line or after a space, so that a JSON string may hold one. */
    private static String withoutComment(String line) {
        if (line.startsWith("#")) {
            return "";
        }
        int comment = line.indexOf(" #");
        return comment < 0 ? line : line.substring(0, comment);
    }

    private Line line(String line) {
        int space = line.indexOf(' ');
        String rest = space < 0 ? "" : line.substring(space + 1).strip();
        return switch (space < 0 ? line : line.substring(0, space)) {
            case "config" -> config(rest);
            case "read" -> {
                if (!rest.startsWith("config ")) {
                    throw error("after read stands a line that begins with config, got: " + rest);
                }
                String said = rest.substring("config ".length()).strip();
                yield said.contains(" as ") ? alias(said) : new Line.Read(number, config(said));
            }
            case "optional" -> {
                if (!rest.startsWith("config ")
                        || !(config(rest.substring("config ".length()).strip()) instanceof Line.Constant given)
                        || given.otherwise() == null) {
                    throw error("after optional stands a line as config KEY = CONSTANT or VALUE, got: " + rest);
                }
                yield new Line.Constant(number, given.key(), given.constant(), given.otherwise(), given.only(), true);
            }
            case "prefix" -> new Line.Prefix(number, name(rest).text());
            case "tensor" -> tensors(rest);
            case "copy" -> {
                String[] names = two(rest, " of ");
                yield sameStars(new Line.Copy(number, name(names[0]), name(names[1])));
            }
            case "ignore" -> new Line.Ignore(number, name(rest));
            default ->
                throw error(
                        "a line must begin with config, read, optional, prefix, tensor, copy or ignore, got: " + line);
        };
    }

    private Line.Alias alias(String said) {
        String[] objects = two(said, " as ");
        return new Line.Alias(number, name(objects[0]).text(), name(objects[1]).text());
    }

    private Line config(String rest) {
        int is = rest.indexOf(" is ");
        int equals = rest.indexOf('=');
        if (is >= 0 && (equals < 0 || is < equals)) {
            return fixed(
                    name(rest.substring(0, is)).text(), rest.substring(is + 4).strip());
        }
        String[] sides = two(rest, "=");
        String key = name(sides[0]).text();
        if (sides[1].contains(" / ")) {
            String[] parts = two(sides[1], " / ");
            return new Line.Quotient(
                    number, key, name(parts[0]).text(), name(parts[1]).text());
        }
        if (sides[1].contains(" among ")) {
            String[] parts = two(sides[1], " among ");
            return new Line.Choice(number, key, name(parts[0]).text(), said(parts[1], ","));
        }
        return constant(key, sides[1]);
    }

    private Line.Constant constant(String key, String said) {
        String[] conditional = said.contains(" if ") ? two(said, " if ") : new String[] {said};
        Line.Condition only = conditional.length == 1 ? null : condition(conditional[1]);
        if (!conditional[0].contains(" or ")) {
            return new Line.Constant(number, key, name(conditional[0]).text(), null, only, false);
        }
        String[] parts = two(conditional[0], " or ");
        return new Line.Constant(number, key, name(parts[0]).text(), otherwise(parts[1].strip()), only, false);
    }

    private Line.Condition condition(String text) {
        String[] parts = two(text, " is ");
        return new Line.Condition(name(parts[0]).text(), said(parts[1], " or "));
    }

    private List<Object> said(String list, String between) {
        List<Object> values = new ArrayList<>();
        for (String text : list.split(between, -1)) {
            Object value = json(text.strip());
            if (value == null) {
                throw error("null cannot be one of several, got: " + list.strip());
            }
            values.add(value);
        }
        return values;
    }

    private Line fixed(String key, String said) {
        if (said.equals("end_of_text")) {
            return new Line.EndOfText(number, key);
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (String value : said.split(" or ", -1)) {
            values.add(json(value.strip()));
        }
        return new Line.Fixed(number, key, values);
    }

    private @Nullable Object json(String text) {
        return Json.parseObject("{\"value\":" + text + "}", origin + ":" + number)
                .get("value");
    }

    private Line.Otherwise otherwise(String text) {
        if (text.matches("[A-Za-z_]\\w*") && !text.equals("true") && !text.equals("false")) {
            return new Line.Otherwise.SameAs(text);
        }
        Object value = json(text);
        if (!(value instanceof Number || value instanceof Boolean)) {
            throw error("after or stands a number, true, false or a constant, got " + text);
        }
        return new Line.Otherwise.Value(value);
    }

    private Line tensors(String rest) {
        String[] sides = two(rest, "=");
        Line.Tensors line = new Line.Tensors(number, side(sides[0].strip()), side(sides[1].strip()));
        long stars = Stream.of(line.theirs(), line.ours())
                .flatMap(side -> side.names().stream())
                .mapToInt(NamePattern::stars)
                .distinct()
                .count();
        if (stars != 1) {
            throw error("all names of a line must have equally many *, got: " + rest);
        }
        if (line.theirs().names().size() > 1 && line.ours().names().size() > 1) {
            throw error("only one side may be a join, got: " + rest);
        }
        return line;
    }

    private Line.Copy sameStars(Line.Copy line) {
        if (line.name().stars() != line.original().stars()) {
            throw error("both names must have equally many *, got " + line.name() + " and " + line.original());
        }
        return line;
    }

    private Side side(String text) {
        boolean transposed = text.endsWith(" transposed");
        String names = transposed
                ? text.substring(0, text.length() - " transposed".length()).strip()
                : text;
        if (!names.startsWith("join ")) {
            return new Side(List.of(name(names)), 0, transposed);
        }
        String[] axisAndNames = names.substring("join ".length()).strip().split("\\s+", 2);
        if (axisAndNames.length != 2 || !axisAndNames[0].matches("[0-9]")) {
            throw error("a join must name its axis, a digit, and then its tensors, got: " + names);
        }
        List<NamePattern> parts =
                Stream.of(axisAndNames[1].split(",", -1)).map(this::name).toList();
        return new Side(parts, Integer.parseInt(axisAndNames[0]), transposed);
    }

    private NamePattern name(String text) {
        String name = text.strip();
        if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
            throw error("expected one name, got \"" + name + "\"");
        }
        return new NamePattern(name);
    }

    private String[] two(String text, String between) {
        int at = text.indexOf(between);
        if (at < 0 || text.indexOf(between, at + between.length()) >= 0) {
            throw error("expected \"" + between.strip() + "\" once, got: " + text);
        }
        return new String[] {text.substring(0, at), text.substring(at + between.length())};
    }

    private UserException error(String problem) {
        return new UserException(origin + ":" + number + ": " + problem);
    }
}
