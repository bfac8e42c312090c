package dev.weft.models;

import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Parameter;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What was found out about a program, as the lines of text that {@link ProgramFile#ask} keeps, and back again: a fact a line, its words
 * apart by a space.
 */
final class Facts {

    private Facts() {}

    static List<String> words(String line) {
        return line.isEmpty() ? List.of() : List.of(line.split(" "));
    }

    /** {@code layers 12} */
    static String ofConstants(Map<String, Object> constants) {
        return constants.entrySet().stream()
                .map(constant -> constant.getKey() + " " + constant.getValue())
                .collect(Collectors.joining("\n"));
    }

    /** A Long, a Double or a Boolean each. */
    static SequencedMap<String, Object> constants(String text) {
        SequencedMap<String, Object> constants = new LinkedHashMap<>();
        text.lines().map(Facts::words).forEach(words -> constants.put(words.getFirst(), constant(words.getLast())));
        return constants;
    }

    private static Object constant(String text) {
        return switch (text) {
            case "true", "false" -> Boolean.valueOf(text);
            default -> isWhole(text) ? (Object) Long.valueOf(text) : Double.valueOf(text);
        };
    }

    private static boolean isWhole(String text) {
        return text.chars().allMatch(letter -> letter == '-' || Character.isDigit(letter));
    }

    /** {@code blocks.0.norm.scale F32 768:width}, for each tensor that the program's own functions do not write. */
    static String ofWeights(Program program) {
        return program.stored().stream()
                .filter(stored -> stored.role() == Stored.Role.PARAM || stored.role() == Stored.Role.BUFFER)
                .map(stored -> "%s %s %s"
                        .formatted(
                                stored.name(),
                                stored.type().element().name(),
                                stored.type().shape().dims().stream()
                                        .map(Dim::toString)
                                        .collect(Collectors.joining(","))))
                .collect(Collectors.joining("\n"));
    }

    static SequencedMap<String, TensorType> weights(String text) {
        SequencedMap<String, TensorType> weights = new LinkedHashMap<>();
        text.lines().map(line -> line.split(" ", 3)).forEach(words -> {
            weights.put(words[0], new TensorType(ElementType.valueOf(words[1]), shape(words[2])));
        });
        return weights;
    }

    private static Shape shape(String sizes) {
        List<Dim> dims = new ArrayList<>();
        for (String size : sizes.isEmpty() ? new String[0] : sizes.split(",")) {
            int colon = size.indexOf(':');
            dims.add(
                    colon < 0
                            ? Dim.of(Long.parseLong(size))
                            : new Dim(Long.parseLong(size.substring(0, colon)), size.substring(colon + 1)));
        }
        return new Shape(dims);
    }

    /** {@code loss tokens targets weight drop}, for each function that has a name. */
    static String ofFunctions(Declaration.Definition model) {
        return model.members().stream()
                .filter(Declaration.Function.class::isInstance)
                .map(member -> ((Declaration.Function) member).label())
                .distinct()
                .flatMap(label -> model.method(label).stream())
                .map(function -> Stream.concat(
                                Stream.of(function.label()),
                                function.parameters().stream().map(Parameter::name))
                        .collect(Collectors.joining(" ")))
                .collect(Collectors.joining("\n"));
    }

    /** Names of the parameters of each, in order. */
    static Map<String, List<String>> functions(String text) {
        Map<String, List<String>> functions = new HashMap<>();
        text.lines()
                .map(Facts::words)
                .forEach(words -> functions.put(words.getFirst(), words.subList(1, words.size())));
        return functions;
    }
}
