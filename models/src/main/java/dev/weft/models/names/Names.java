package dev.weft.models.names;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.io.IoErrors;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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
     * The program's constants as a foreign {@code config.json} gives them: numbers and truth values.
     *
     * @param config  the file's content, as plain JSON values
     * @param subject the file, for messages
     * @throws UserException if a constant is not given, is given twice and differently, or the configuration is of a model
     *                       that the program does not compute
     */
    public SequencedMap<String, Object> constants(Map<String, ?> config, String subject) {
        return new ConfigReader(ConfigLines.of(origin, lines), config, subject).constants();
    }

    /**
     * A foreign {@code config.json} for these constants, as plain JSON values.
     *
     * @param endOfText the id between documents, where the tokenizer has one
     * @throws UserException if a constant that it must say is not among them
     */
    public SequencedMap<String, @Nullable Object> config(Map<String, ?> constants, OptionalInt endOfText) {
        return new ConfigWriter(ConfigLines.of(origin, lines), constants).config(endOfText);
    }

    /**
     * How foreign tensors become the program's, each with the element type that it has.
     *
     * @param theirs  the foreign tensors, by name
     * @param ours    the paths and types that the program wants; all of them must be found
     * @param subject the file that the tensors are from, for messages
     */
    public ImportPlan planImport(Map<String, Tensor> theirs, Map<String, TensorType> ours, String subject) {
        return new NamesImport(rules(), subject, origin, false).plan(theirs, ours);
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
        ImportPlan plan = new NamesImport(rules(), subject, origin, true).plan(theirs, ours);
        plan.requireFits();
        return plan.tensors(ours.keySet(), arena);
    }

    /**
     * The program's tensors as foreign ones, to be written.
     *
     * @param known names of foreign tensors as a file of this model had them, with their prefix, copies of others among them; of another
     *     one there are the names that the lines say, and no copies
     * @throws UserException naming every tensor that has no foreign name
     */
    public List<SafeTensors.Part> planExport(SequencedMap<String, Tensor> ours, Collection<String> known) {
        return new NamesExport(rules(), origin, known).plan(ours);
    }

    /** The program's tensors under foreign names, as {@link #planExport}, without names that are known from before. */
    public SequencedMap<String, Tensor> exportTensors(SequencedMap<String, Tensor> ours, Arena arena) {
        SequencedMap<String, Tensor> theirs = new LinkedHashMap<>();
        planExport(ours, List.of()).forEach(part -> theirs.putAll(part.tensors(arena)));
        return theirs;
    }

    /** An f16 or bf16 tensor as f32, which holds each of their values exactly. */
    public static Tensor widen(Tensor tensor, Arena arena) {
        return Rearrange.widen(tensor, arena);
    }

    /** Types as {@link #widened} makes them. */
    public static SequencedMap<String, TensorType> widenedTypes(
            Map<String, TensorType> types, Map<String, TensorType> wanted) {
        SequencedMap<String, TensorType> result = new LinkedHashMap<>();
        types.forEach((name, type) ->
                result.put(name, isToWiden(type, wanted.get(name)) ? type.withElement(ElementType.F32) : type));
        return result;
    }

    /** These tensors, as f32 where they are f16 or bf16 and f32 is wanted; the others are not copied. */
    public static SequencedMap<String, Tensor> widened(
            SequencedMap<String, Tensor> tensors, Map<String, TensorType> wanted, Arena arena) {
        SequencedMap<String, Tensor> result = new LinkedHashMap<>();
        tensors.forEach((name, tensor) ->
                result.put(name, isToWiden(tensor.type(), wanted.get(name)) ? widen(tensor, arena) : tensor));
        return result;
    }

    private static boolean isToWiden(TensorType type, @Nullable TensorType wanted) {
        return wanted != null
                && wanted.element() == ElementType.F32
                && (type.element() == ElementType.F16 || type.element() == ElementType.BF16);
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
                case Line.Choice choice -> {}
                case Line.Quotient quotient -> {}
                case Line.Fixed fixed -> {}
                case Line.EndOfText end -> {}
                case Line.Read read -> {}
                case Line.Alias alias -> {}
            }
        }
        return new Rules(tensors, copies, ignored, prefixes);
    }
}
