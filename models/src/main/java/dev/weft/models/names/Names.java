package dev.weft.models.names;

import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.io.IoErrors;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A {@code .names} file: how others call a program's tensors and constants. Immutable. */
public final class Names {

    private final String origin;
    private final List<Line> lines;

    private Names(String origin, List<Line> lines) {
        this.origin = origin;
        this.lines = lines;
    }

    /**
     * The names in {@code text}.
     *
     * @param origin where the text is from, for messages
     * @throws UserException if a line cannot be understood
     */
    public static Names parse(String text, String origin) {
        return new Names(origin, new NamesParser(origin).parse(text));
    }

    /** The names in the file {@code path}. */
    public static Names read(Path path) {
        try {
            return parse(Files.readString(path), path.toString());
        } catch (IOException e) {
            throw IoErrors.of("read", path, e);
        }
    }

    /**
     * The program's constants as a foreign {@code config.json} gives them.
     *
     * @param config  the file's content, as plain JSON values
     * @param subject the file, for messages
     * @throws UserException if a constant is not given, is given twice and differently, or the configuration is of a model
     *                       that the program does not compute
     */
    public SequencedMap<String, Number> constants(Map<String, ?> config, String subject) {
        SequencedMap<String, Number> constants = new LinkedHashMap<>();
        Map<String, String> keys = new LinkedHashMap<>();
        for (Line line : lines) {
            if (line instanceof Line.Constant constant) {
                keys.merge(constant.constant(), constant.key(), (some, other) -> some + " or " + other);
                putConstant(constants, constant, config, subject);
            } else if (line instanceof Line.Fixed fixed && config.containsKey(fixed.key())) {
                requireEqual(fixed, config.get(fixed.key()), subject);
            }
        }
        keys.forEach((constant, key) -> {
            if (!constants.containsKey(constant)) {
                throw new UserException(subject + ": must say " + key + ", which gives the program's constant "
                        + constant + " (" + origin + ")");
            }
        });
        return constants;
    }

    private static void putConstant(
            Map<String, Number> constants, Line.Constant line, Map<String, ?> config, String subject) {
        Object value = config.get(line.key());
        if (value == null) {
            return;
        }
        if (!(value instanceof Number number)) {
            throw new UserException(subject + ": " + line.key() + " must be a number, got " + value);
        }
        Number other = constants.putIfAbsent(line.constant(), number);
        if (other != null && other.doubleValue() != number.doubleValue()) {
            throw new UserException(subject + ": " + line.key() + " must be " + other
                    + " like the other key that gives " + line.constant() + ", got " + number);
        }
    }

    private void requireEqual(Line.Fixed line, @Nullable Object got, String subject) {
        boolean equal = line.value() instanceof Number wanted && got instanceof Number number
                ? wanted.doubleValue() == number.doubleValue()
                : Objects.equals(line.value(), got);
        if (!equal) {
            throw new UserException(subject + ": " + line.key() + " must be " + line.value() + " for this program, got "
                    + got + " (" + origin + ":" + line.number() + ")");
        }
    }

    /**
     * A foreign {@code config.json} for these constants, as plain JSON values.
     *
     * @throws UserException if a constant that it must say is not among them
     */
    public SequencedMap<String, Object> config(Map<String, ? extends Number> constants) {
        SequencedMap<String, Object> config = new LinkedHashMap<>();
        for (Line line : lines) {
            if (line instanceof Line.Fixed fixed) {
                config.put(fixed.key(), fixed.value());
            } else if (line instanceof Line.Constant constant) {
                Number value = constants.get(constant.constant());
                if (value == null) {
                    throw new UserException(origin + ":" + line.number() + ": the program has no constant "
                            + constant.constant() + "; it has " + constants.keySet());
                }
                config.put(constant.key(), value);
            }
        }
        return config;
    }

    /**
     * Foreign tensors under the program's paths. A tensor that needs no rearrangement is not copied; f16 and bf16 become
     * f32 where the program wants that.
     *
     * @param theirs  the foreign tensors, by name
     * @param ours    the paths and types that the program wants; all of them must be found
     * @param arena   where rearranged tensors live
     * @param subject the file that the tensors are from, for messages
     * @return in the order of {@code ours}
     * @throws UserException naming every tensor of either side that has no counterpart or one of another type
     */
    public SequencedMap<String, Tensor> importTensors(
            Map<String, Tensor> theirs, Map<String, TensorType> ours, Arena arena, String subject) {
        return new NamesImport(rules(), subject, origin, arena).importTensors(theirs, ours);
    }

    /**
     * The program's tensors under foreign names.
     *
     * @param arena where rearranged tensors live
     * @throws UserException naming every tensor that has no foreign name
     */
    public SequencedMap<String, Tensor> exportTensors(SequencedMap<String, Tensor> ours, Arena arena) {
        return new NamesExport(rules(), origin, arena).exportTensors(ours);
    }

    /** An f16 or bf16 tensor as f32, which holds each of their values exactly. */
    public static Tensor widen(Tensor tensor, Arena arena) {
        return Rearrange.widen(tensor, arena);
    }

    /** The lines that are about tensors, sorted by what they say. */
    private Rules rules() {
        List<Line.Tensors> tensors = new ArrayList<>();
        List<Line.Copy> copies = new ArrayList<>();
        List<Line.Ignore> ignored = new ArrayList<>();
        List<String> prefixes = new ArrayList<>();
        for (Line line : lines) {
            switch (line) {
                case Line.Tensors rule -> tensors.add(rule);
                case Line.Copy copy -> copies.add(copy);
                case Line.Ignore ignore -> ignored.add(ignore);
                case Line.Prefix prefix -> prefixes.add(prefix.text());
                case Line.Constant constant -> {}
                case Line.Fixed fixed -> {}
            }
        }
        return new Rules(tensors, copies, ignored, prefixes);
    }
}
