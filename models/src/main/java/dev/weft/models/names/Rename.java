package dev.weft.models.names;

import dev.weft.graph.UserException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another name for tensors, {@code h.*.attn.** = blocks.*.attention.**}: {@code *} stands for one part between dots, {@code **} for any
 * number of them; what they stand for is put in at the stars of the other side, in order.
 *
 * @param from what names look like
 * @param to what they become
 */
public record Rename(String from, String to) {

    private static final Pattern STARS = Pattern.compile("\\*+");

    public Rename {
        if (from.isEmpty() || to.isEmpty() || !stars(from).equals(stars(to))) {
            throw new UserException(
                    "rename %s=%s: both sides must be names with the same stars in the same order".formatted(from, to));
        }
    }

    private static List<String> stars(String pattern) {
        List<String> stars =
                STARS.matcher(pattern).results().map(star -> star.group()).toList();
        for (String star : stars) {
            if (star.length() > 2) {
                throw new UserException("rename: a star is * or **, got " + star + " in " + pattern);
            }
        }
        return stars;
    }

    /**
     * As a person writes it.
     *
     * @throws UserException unless it is {@code FROM=TO} with the same stars on both sides
     */
    public static Rename parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new UserException("rename: must be FROM=TO, such as h.*.attn.**=blocks.*.attention.**, got " + text);
        }
        return new Rename(
                text.substring(0, equals).strip(), text.substring(equals + 1).strip());
    }

    /** What {@code name} becomes, if it looks like {@link #from}. */
    public Optional<String> apply(String name) {
        Matcher matcher = Pattern.compile(regex()).matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int[] group = {0};
        return Optional.of(STARS.matcher(to).replaceAll(star -> Matcher.quoteReplacement(matcher.group(++group[0]))));
    }

    private String regex() {
        StringBuilder regex = new StringBuilder();
        Matcher star = STARS.matcher(from);
        int at = 0;
        while (star.find()) {
            regex.append(Pattern.quote(from.substring(at, star.start())))
                    .append(star.group().length() == 1 ? "([^.]+)" : "(.+)");
            at = star.end();
        }
        return regex.append(Pattern.quote(from.substring(at))).toString();
    }

    @Override
    public String toString() {
        return from + "=" + to;
    }
}
