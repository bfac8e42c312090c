package dev.weft.models.names;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A foreign {@code config.json} for a program's constants, by the lines of a {@code .names} file that are written. */
final class ConfigWriter {

    private final ConfigLines lines;
    private final Map<String, ?> constants;
    private final Set<Line.Constant> counting;

    ConfigWriter(ConfigLines lines, Map<String, ?> constants) {
        this.lines = lines;
        this.constants = constants;
        this.counting = Set.copyOf(lines.constants(lines.written(), constants));
    }

    /** As {@link Names#config}. */
    SequencedMap<String, @Nullable Object> config(OptionalInt endOfText) {
        SequencedMap<String, @Nullable Object> config = new LinkedHashMap<>();
        Set<String> usual = usualObjects();
        for (Line line : lines.written()) {
            if (usual.contains(object(line))) {
                continue;
            }
            switch (line) {
                case Line.Constant given -> {
                    if (counting.contains(given) && !(given.optional() && isUsual(given))) {
                        ConfigKeys.put(config, given.key(), lines.constant(line, given.constant(), constants));
                    }
                }
                case Line.Choice choice -> ConfigKeys.put(config, choice.key(), lines.chosen(choice, constants));
                case Line.Quotient given -> ConfigKeys.put(config, given.key(), lines.quotient(given, constants));
                case Line.Fixed fixed ->
                    ConfigKeys.put(config, fixed.key(), fixed.values().getFirst());
                case Line.EndOfText end ->
                    ConfigKeys.put(config, end.key(), endOfText.isPresent() ? endOfText.getAsInt() : null);
                case Line.Prefix prefix -> {}
                case Line.Tensors tensors -> {}
                case Line.Copy copy -> {}
                case Line.Ignore ignore -> {}
                case Line.Read read -> {}
                case Line.Alias alias -> {}
            }
        }
        return config;
    }

    /** Inner objects in which every constant is what it would be without them: they are not written. */
    private Set<String> usualObjects() {
        Set<String> usual = new HashSet<>();
        Set<String> told = new HashSet<>();
        for (Line line : lines.written()) {
            if (line instanceof Line.Constant given && counting.contains(given)) {
                (isUsual(given) ? usual : told).add(object(line));
            } else if (line instanceof Line.Choice choice) {
                boolean first =
                        lines.chosen(choice, constants).equals(choice.values().getFirst());
                (first ? usual : told).add(object(line));
            }
        }
        usual.removeAll(told);
        usual.remove("");
        return usual;
    }

    private boolean isUsual(Line.Constant line) {
        Object otherwise = ConfigLines.otherwise(line, constants);
        return otherwise != null && ConfigKeys.isSame(otherwise, lines.constant(line, line.constant(), constants));
    }

    /** The object that a line's key is in; empty for the whole file. */
    private static String object(Line line) {
        String key = line.key();
        return key.substring(0, Math.max(0, key.lastIndexOf('.')));
    }
}
