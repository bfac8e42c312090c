package dev.weft.backend.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.OpSchema;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.graph.type.ElementType;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The reference of ops is written from their records, their docs, their rows in the table of derivatives and their samples;
 * {@code -Dweft.accept=true} writes it anew.
 */
class OpsReferenceTest {

    private static final Path REFERENCE = Path.of("../../docs/reference/ops.md");
    private static final Path OPS = Path.of("../../graph/src/main/java/dev/weft/graph/op");
    private static final Path DERIVATIVES = Path.of("../../autodiff/src/main/java/dev/weft/autodiff/Derivatives.java");

    private final StringBuilder text = new StringBuilder();

    @Test
    void theReferenceIsWhatTheOpsSay() throws IOException {
        text.append("""
                # Ops

                Written by `OpsReferenceTest` from the ops' records and docs, their rows in the table of derivatives, and their samples. The op
                set has the number %d; %d ops compute, and `call` and `grad` refer to functions of the program, which the passes
                `inline` and `differentiate` remove.

                Operands are values, attributes are written behind them with a name. In a derivative `z` is the result, `dz` the gradient of the
                loss by it, and `d(x, …)` what it gives the operand `x`. An example is a line of the text form, with the types of its operands.
                """.formatted(Primitive.VERSION, OpSchema.byMnemonic().size() - 2));
        group(Op.class, 2);
        if (Boolean.getBoolean("weft.accept")) {
            Files.writeString(REFERENCE, text);
        }
        assertThat(Files.readString(REFERENCE)).isEqualTo(text.toString());
    }

    /** The ops of one kind, then the kinds within it, in the order in which the kind lists them. */
    private void group(Class<?> kind, int depth) throws IOException {
        List<Class<?>> within = Arrays.asList(kind.getPermittedSubclasses());
        for (Class<?> each : within) {
            if (each.isRecord()) {
                op(each, depth);
            }
        }
        for (Class<?> each : within) {
            if (!each.isRecord()) {
                text.append("\n")
                        .append("#".repeat(depth))
                        .append(" ")
                        .append(title(each))
                        .append("\n\n");
                text.append(doc(each)).append("\n");
                group(each, Math.min(depth + 1, 4));
            }
        }
    }

    private static String title(Class<?> kind) {
        return kind.getSimpleName().replaceAll("(?<!^)([A-Z])", " $1");
    }

    private void op(Class<?> type, int depth) throws IOException {
        String mnemonic = OpSchema.byMnemonic().entrySet().stream()
                .filter(entry -> entry.getValue().record() == type)
                .findFirst()
                .orElseThrow()
                .getKey();
        text.append("\n")
                .append("#".repeat(depth))
                .append(" `")
                .append(mnemonic)
                .append("`\n\n");
        text.append(doc(type)).append("\n\n");
        list("Operands", components(type, true));
        list("Attributes", components(type, false));
        text.append("- Elements: ").append(elements(mnemonic)).append("\n");
        if (Primitive.class.isAssignableFrom(type)) {
            derivative(type.getSimpleName());
        }
        OpSample sample = sample(mnemonic);
        Value result = sample.graph().results().getFirst();
        String operands = result.op().operands().stream()
                .map(operand -> operand.type().toString())
                .collect(Collectors.joining(", "));
        text.append("\n```text\n").append(line(sample)).append("\n```\n");
        if (!operands.isEmpty()) {
            text.append("\nof ").append(operands).append(".\n");
        }
    }

    private void list(String title, List<String> items) {
        if (!items.isEmpty()) {
            text.append("- ")
                    .append(title)
                    .append(": ")
                    .append(String.join(", ", items))
                    .append("\n");
        }
    }

    private static List<String> components(Class<?> type, boolean operands) {
        List<String> found = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            boolean list =
                    component.getGenericType().getTypeName().equals("java.util.List<" + Value.class.getName() + ">");
            boolean isOperand = component.getType() == Value.class || list;
            if (isOperand == operands && !component.getName().equals("type")) {
                String of = component.getGenericType().getTypeName().replaceAll("[a-z.]+\\.([A-Z])", "$1");
                found.add("`" + component.getName() + "`" + (list ? "…" : operands ? "" : " (" + of + ")"));
            }
        }
        return found;
    }

    private static String elements(String mnemonic) {
        Set<ElementType> elements = OpSamples.elements(mnemonic);
        return elements.size() == ElementType.values().length
                ? "all"
                : elements.stream().sorted().map(ElementType::toString).collect(Collectors.joining(", "));
    }

    private void derivative(String record) throws IOException {
        String table = Files.readString(DERIVATIVES);
        Matcher row = Pattern.compile(
                        "case ([^;]*\\b" + record + "\\b[^;]*?) ->(.*?);\\n(?=\\s*(?:case|//|}))", Pattern.DOTALL)
                .matcher(table);
        if (row.find() && !row.group(2).contains("List.of()")) {
            String terms = row.group(2)
                    .replaceAll("\\s*//[^\\n]*", "")
                    .replaceAll("\\s+", " ")
                    .replace("( ", "(")
                    .strip();
            text.append("- Derivative: `").append(terms).append("`\n");
        } else {
            text.append("- Derivative: none\n");
        }
    }

    private static OpSample sample(String mnemonic) {
        Set<ElementType> elements = OpSamples.elements(mnemonic);
        ElementType element = elements.contains(ElementType.F32)
                ? ElementType.F32
                : elements.stream().sorted().findFirst().orElseThrow();
        return OpSamples.of(mnemonic, element, 4, 1).getFirst();
    }

    /** The line of the sample's program that shows the op. */
    private static String line(OpSample sample) {
        String function = ProgramPrinter.print(sample.graph());
        List<String> lines =
                function.lines().filter(line -> line.contains(" = ")).toList();
        // A parameter has no line of its own, it stands in the head of the function.
        return lines.isEmpty()
                ? function.lines().findFirst().orElseThrow()
                : lines.getLast().strip();
    }

    /** The doc of a type as Markdown. */
    private static String doc(Class<?> type) throws IOException {
        Class<?> outer = type.getNestHost();
        String source = Files.readString(OPS.resolve(outer.getSimpleName() + ".java"));
        Matcher doc = Pattern.compile(
                        "/\\*\\*((?:(?!\\*/).)*)\\*/(?:(?!\\*/).)*?(?:record|interface) " + type.getSimpleName()
                                + "\\b",
                        Pattern.DOTALL)
                .matcher(source);
        assertThat(doc.find()).as("%s has a doc", type).isTrue();
        String body = doc.group(1).replaceAll("\\n\\s*\\* ?", "\n").strip();
        int tags = body.indexOf("\n@param");
        String prose = (tags < 0 ? body : body.substring(0, tags)).replaceAll("\\s*<p>\\s*", "\n\n");
        String parameters = tags < 0
                ? ""
                : body.substring(tags)
                        .strip()
                        .replaceAll("@param (\\w+) ", "- `$1`: ")
                        .replaceAll("\\n(?!- )", " ");
        return Arrays.stream(prose.split("\n\n", -1))
                        .map(paragraph -> paragraph.strip().replaceAll("\\s*\\n\\s*", " "))
                        .map(OpsReferenceTest::markdown)
                        .collect(Collectors.joining("\n\n"))
                + (parameters.isEmpty() ? "" : "\n\n" + markdown(parameters));
    }

    private static String markdown(String doc) {
        return doc.replaceAll("\\{@code ((?:[^{}]|\\{[^{}]*})*)}", "`$1`")
                .replaceAll("\\{@(?:link|value) #?([^}\\s]*)[^}]*}", "`$1`")
                .strip();
    }
}
