package dev.weft.cli;

import dev.weft.dsl.Description;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.graph.UserException;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.Program;
import dev.weft.models.tensorfile.Npy;
import dev.weft.models.tensorfile.SafeTensors;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** What an entry is given: files of tensors, or numbers. */
final class InputOptions {

    /** The sizes of a type as written: {@code B, T} of {@code i32[B, T]}. */
    private static final Pattern SIZES = Pattern.compile("\\w+\\[(.*)]");

    @Option(
            names = "--input",
            paramLabel = "NAME=@FILE|NAME=NUMBERS",
            hideParamSyntax = true,
            description = {
                "An input: a .npy file, a .safetensors file that has a tensor of this name, numbers in row-major order",
                "(1,2,3), or one number for all elements. May be given several times."
            })
    Map<String, String> inputs = new LinkedHashMap<>();

    /** Sizes that the files of an entry's inputs tell, by the names that its types give them. */
    Map<String, Long> sizes(Program program, List<String> entries) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        if (inputs.values().stream().noneMatch(given -> given.startsWith("@"))) {
            return sizes;
        }
        Description description = Description.of(program.module());
        for (String entry : entries) {
            description
                    .last(DefinitionKind.MODEL)
                    .flatMap(model -> model.function(entry))
                    .ifPresent(function -> function.parameters().forEach(parameter -> {
                        String given = inputs.get(parameter.name());
                        if (given != null && given.startsWith("@")) {
                            sizes.putAll(sizes(
                                    program,
                                    parameter.type(),
                                    file(parameter.name(), given).type()));
                        }
                    }));
        }
        return sizes;
    }

    private static Map<String, Long> sizes(Program program, String written, TensorType got) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        Matcher matcher = SIZES.matcher(written);
        if (matcher.matches()) {
            String[] names = matcher.group(1).split(" *, *");
            for (int axis = 0; axis < names.length && names.length == got.rank(); axis++) {
                if (names[axis].matches("[A-Za-z_]\\w*") && !program.takes(names[axis])) {
                    sizes.put(names[axis], got.size(axis));
                }
            }
        }
        return sizes;
    }

    /**
     * The tensor that was given for an input, of the type that it must have. Other floats become f32, other integers i32.
     *
     * @throws UserException if it is missing, or of other sizes
     */
    Tensor read(String name, TensorType wanted) {
        String given = inputs.get(name);
        if (given == null) {
            throw new UserException("input %s: must be given, of type %s: --input %s=@FILE.npy, or --input %s=NUMBER"
                    .formatted(name, wanted, name, name));
        }
        return given.startsWith("@") ? converted(name, file(name, given), wanted) : numbers(name, given, wanted);
    }

    private static Tensor file(String name, String given) {
        Path path = Path.of(given.substring(1));
        if (Files.isDirectory(path)) {
            throw new UserException(
                    "input %s: must be a .npy or .safetensors file, got the folder %s".formatted(name, path));
        }
        if (path.toString().endsWith(".safetensors")) {
            try (SafeTensors file = SafeTensors.open(path)) {
                var tensor = file.tensor(name);
                return TensorBytes.read(tensor.type(), tensor.data());
            }
        }
        try (Arena arena = Arena.ofConfined()) {
            var tensor = Npy.read(path, arena);
            return TensorBytes.read(tensor.type(), tensor.data());
        }
    }

    private static Tensor converted(String name, Tensor got, TensorType wanted) {
        ElementType from = got.type().element();
        boolean convertible = from == wanted.element()
                || (from.isFloat() && wanted.element().isFloat())
                || (from.isInteger() && wanted.element().isInteger());
        if (!convertible || !got.type().shape().equals(wanted.shape())) {
            throw new UserException("input %s: must be %s, got %s".formatted(name, wanted, got.type()));
        }
        return Tensor.of(wanted, got.toArray()).rounded();
    }

    private static Tensor numbers(String name, String given, TensorType wanted) {
        String[] parts = given.split(",", -1);
        Tensor tensor = Tensor.zeros(wanted);
        if (parts.length != 1 && parts.length != tensor.size()) {
            throw new UserException("input %s: must have %d elements (%s), got %d numbers"
                    .formatted(name, tensor.size(), wanted, parts.length));
        }
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, number(name, parts[parts.length == 1 ? 0 : i].strip(), wanted));
        }
        return tensor.rounded();
    }

    private static double number(String name, String text, TensorType wanted) {
        double value =
                switch (text) {
                    case "true" -> 1;
                    case "false" -> 0;
                    case "inf" -> Double.POSITIVE_INFINITY;
                    case "-inf" -> Double.NEGATIVE_INFINITY;
                    case "nan" -> Double.NaN;
                    default -> parsed(name, text);
                };
        if (!wanted.element().isFloat() && value != Math.rint(value)) {
            throw new UserException("input %s: must be of %s, got %s".formatted(name, wanted.element(), text));
        }
        return value;
    }

    private static double parsed(String name, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new UserException("input %s: must be numbers, or @FILE, got %s".formatted(name, text), e);
        }
    }
}
