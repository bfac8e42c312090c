package dev.weft.cli;

import dev.weft.autodiff.Differentiate;
import dev.weft.backend.testkit.Agreement;
import dev.weft.backend.testkit.GradientCheck;
import dev.weft.backend.testkit.GradientCheck.Finding;
import dev.weft.backend.testkit.Values;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Origin;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.Weft;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares the gradients that Weft derives with finite differences, in f64. */
@Command(
        name = "gradcheck",
        description = {
            "Compare gradients with finite differences, in f64.",
            "The gradients are those of an entry's first result by every parameter and float input. Inputs that are not given"
                    + " are random, integers 0 or 1. Choose small sizes: each element costs four runs."
        },
        footer = {
            "",
            "Example: weft gradcheck mlp --entry loss --dim B=3",
            "         weft gradcheck gpt --entry loss --dim B=2,T=4 --set layers=1,heads=2,width=8,context=4,vocab=11"
        })
final class GradcheckCommand extends Action {

    @Mixin
    final EntryOptions target = new EntryOptions();

    @Mixin
    final InputOptions given = new InputOptions();

    @Option(names = "--seed", paramLabel = "N", description = "Decides about parameters and random inputs. Default: 0.")
    int seed;

    @Option(
            names = "--elements",
            paramLabel = "N",
            description = "Elements to check of each tensor, evenly spread. Default: 16.")
    int elements = 16;

    @Option(
            names = "--rtol",
            paramLabel = "X",
            description = "The largest relative difference that is accepted. Default: 1e-5.")
    double rtol = 1e-5;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description = "f32, the one in which gradients are compared: rounding to bf16 is coarser than any step.")
    MachineOptions.Precision precision = MachineOptions.Precision.f32;

    GradcheckCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (elements < 1) {
            throw refused("--elements: must be at least 1, got " + elements);
        }
        if (!(rtol > 0)) {
            throw refused("--rtol: must be a positive number, got " + rtol);
        }
        if (precision != MachineOptions.Precision.f32) {
            throw refused("--precision: must be f32, got " + precision
                    + "; differences are taken in f64, and gradients in bf16 are these but for rounding");
        }
        if (target.entries.size() != 1) {
            throw refused("--entry: must be one, got " + target.entries);
        }
        var flat = Weft.PASSES.run(target.lower(target.load(), given.inputs.keySet()));
        Entry entry = flat.entry(target.entries.getFirst());
        Graph f = flat.body(entry);
        List<Integer> wrt = GradientCheck.floats(f);
        requireScalar(entry, f);
        GradientCheck check = new GradientCheck(f, Differentiate.gradient(f, wrt), wrt);
        List<Tensor> inputs = inputs(flat, entry, f);
        progress("comparing " + wrt.size() + " tensors …");
        Agreement direction = check.alongDirection(inputs, seed);
        List<Finding> findings = check.byElement(inputs, elements);
        terminal().endProgress();
        report(f, direction, findings);
        return findings.stream().allMatch(finding -> finding.agreement().within(rtol)) ? ExitCode.DONE : ExitCode.USER;
    }

    private static void requireScalar(Entry entry, Graph f) {
        TensorType result = f.results().getFirst().type();
        if (entry.outputs().isEmpty() || result.rank() != 0 || !result.element().isFloat()) {
            throw new UserException("entry %s: its first result must be f32[] to have a gradient, got %s"
                    .formatted(entry.name(), entry.outputs().isEmpty() ? "no result" : result));
        }
    }

    /** Stored tensors as they are initialized, then the inputs. */
    private List<Tensor> inputs(dev.weft.graph.Program program, Entry entry, Graph f) {
        Map<String, Tensor> stored = new HashMap<>();
        program.stored().forEach(each -> stored.put(each.name(), Tensor.zeros(each.type())));
        TensorType scalar = TensorType.scalar(ElementType.I32);
        new Interpreter(program, Interpreter.Mode.TYPED).run("init", stored, Map.of("seed", Tensor.of(scalar, seed)));
        SplittableRandom random = new SplittableRandom(seed);
        List<Tensor> inputs = new ArrayList<>();
        entry.reads().forEach(name -> inputs.add(stored.get(name)));
        for (int i = 0; i < entry.inputs().size(); i++) {
            TensorType type = f.parameters().get(entry.reads().size() + i).type();
            String name = entry.inputs().get(i);
            Values values = type.element().isFloat() ? Values.REAL : Values.index(2);
            inputs.add(given.inputs.containsKey(name) ? given.read(name, type) : values.tensor(type, random));
        }
        return inputs;
    }

    private void report(Graph f, Agreement direction, List<Finding> findings) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("tensor", finding.parameter());
            row.put("worst_error", finding.agreement().deviation());
            row.put("element", finding.agreement().position());
            row.put("index", index(f, finding));
            row.put("gradient", finding.agreement().got());
            row.put("difference", finding.agreement().wanted());
            row.put("source", source(f, finding.parameter()));
            rows.add(row);
        }
        Finding worst = worst(findings);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("worst_error", worst.agreement().deviation());
        json.put("worst_tensor", worst.parameter());
        json.put("worst_index", index(f, worst));
        json.put("worst_source", source(f, worst.parameter()));
        json.put("elements", elements(f, findings, Long.MAX_VALUE));
        json.put("compared", elements(f, findings, elements));
        json.put("direction_error", direction.deviation());
        json.put("agrees", worst.agreement().within(rtol));
        json.put("tensors", rows);
        result(json, out -> {
            findings.forEach(finding -> out.println(line(f, finding)));
            out.println(String.format(
                    Locale.ROOT,
                    "%s: worst %.1e by %s, used at %s; along a random direction %.1e; %,d of %,d elements compared",
                    worst.agreement().within(rtol) ? "gradients agree" : "gradients differ",
                    worst.agreement().deviation(),
                    element(f, worst),
                    source(f, worst.parameter()),
                    direction.deviation(),
                    elements(f, findings, elements),
                    elements(f, findings, Long.MAX_VALUE)));
        });
    }

    /** Elements of all tensors, at most so many of each. */
    private static long elements(Graph f, List<Finding> findings, long most) {
        return findings.stream()
                .mapToLong(finding -> type(f, finding.parameter()).shape().elements())
                .map(count -> count == 0 ? 0 : Math.ceilDiv(count, Math.max(1, Math.ceilDiv(count, most))))
                .sum();
    }

    private static TensorType type(Graph f, String parameter) {
        return f.parameters().stream()
                .filter(value -> Graph.parameterName(value).equals(parameter))
                .findFirst()
                .orElseThrow()
                .type();
    }

    /** Where the worst element is, an index for each axis. */
    private static List<Long> index(Graph f, Finding finding) {
        TensorType type = type(f, finding.parameter());
        List<Long> index = new ArrayList<>();
        long rest = Math.max(0, finding.agreement().position());
        for (int axis = type.rank() - 1; axis >= 0; axis--) {
            index.addFirst(rest % Math.max(1, type.size(axis)));
            rest /= Math.max(1, type.size(axis));
        }
        return index;
    }

    /** {@code first.weight[3,17]}. */
    private static String element(Graph f, Finding finding) {
        List<Long> index = index(f, finding);
        return finding.parameter()
                + (index.isEmpty()
                        ? ""
                        : index.stream().map(Object::toString).collect(Collectors.joining(",", "[", "]")));
    }

    private static String line(Graph f, Finding finding) {
        Agreement agreement = finding.agreement();
        return String.format(
                Locale.ROOT,
                "%-40s %9.1e  gradient %.9g, difference %.9g",
                element(f, finding),
                agreement.deviation(),
                agreement.got(),
                agreement.wanted());
    }

    private static Finding worst(List<Finding> findings) {
        return findings.stream()
                .max((a, b) ->
                        Double.compare(a.agreement().deviation(), b.agreement().deviation()))
                .orElseThrow(() -> new UserException("gradcheck: the entry reads no floats"));
    }

    /** Where the program uses a tensor first. */
    private static String source(Graph f, String parameter) {
        for (Value value : f.values()) {
            boolean uses = value.operands().stream()
                    .anyMatch(operand -> f.parameters().contains(operand)
                            && Graph.parameterName(operand).equals(parameter));
            List<Origin> origins = f.provenance().of(value);
            if (uses && !origins.isEmpty()) {
                return origins.getFirst().toString();
            }
        }
        return "no line";
    }
}
