package dev.weft.dsl.lower;

import dev.weft.autodiff.Differentiate;
import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.Lowering;
import dev.weft.dsl.Module;
import dev.weft.dsl.SourceResolver;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Source;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** The shipped programs and small texts, lowered and interpreted. */
final class Shipped {

    private static final Path PROGRAMS = Path.of("../models/src/main/resources/dev/weft/models/programs");
    private static final SourceResolver RESOLVER = name -> {
        Path file = PROGRAMS.resolve(name + ".weft");
        return Files.exists(file) ? Optional.of(new Source(name + ".weft", read(file))) : Optional.empty();
    };

    private Shipped() {}

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String source(String name) {
        return read(PROGRAMS.resolve(name + ".weft"));
    }

    static Module load(String name) {
        return parse(name + ".weft", read(PROGRAMS.resolve(name + ".weft")));
    }

    static Module parse(String name, String text) {
        Sources.Result result = Sources.load(new Source(name, text), RESOLVER);
        Module module = result.module();
        if (module == null) {
            throw new IllegalArgumentException(result.diagnostics().toString());
        }
        return module;
    }

    static Choice model(String program, Map<String, String> constants) {
        return Choice.last(load(program), DefinitionKind.MODEL, constants);
    }

    static Choice program(String name) {
        return Choice.last(load(name), DefinitionKind.PROGRAM, Map.of());
    }

    static Choice optimizer(String name, Map<String, String> constants) {
        return Choice.last(load(name), DefinitionKind.OPTIMIZER, constants);
    }

    /** One function of a model, as an entry. */
    static Program function(Choice model, EntryRequest... entries) {
        return Lowering.lower(new LowerRequest(model, null, List.of(), List.of(entries)));
    }

    /** The entry {@code f} of a program without model, from its text. */
    static Program text(String text, EntryRequest... entries) {
        Module module = parse("test.weft", text);
        Choice model = module.file().last(DefinitionKind.MODEL).isPresent()
                ? Choice.last(module, DefinitionKind.MODEL, Map.of())
                : null;
        List<Choice> programs = module.file().last(DefinitionKind.PROGRAM).isPresent()
                ? List.of(Choice.last(module, DefinitionKind.PROGRAM, Map.of()))
                : List.of();
        return Lowering.lower(new LowerRequest(model, null, programs, List.of(entries)));
    }

    /** Storage as {@code init} writes it, and caches of zeros. */
    static Map<String, Tensor> initial(Program program, int seed) {
        Map<String, Tensor> stored = new HashMap<>();
        program.stored().forEach(tensor -> stored.put(tensor.name(), Tensor.zeros(tensor.type())));
        new Interpreter(program, Interpreter.Mode.TYPED).run("init", stored, Map.of("seed", i32(seed)));
        return stored;
    }

    /** Runs an entry of a program whose gradients are taken first. */
    static Map<String, Tensor> run(
            Program program, String entry, Map<String, Tensor> stored, Map<String, Tensor> inputs) {
        return new Interpreter(Differentiate.differentiate(program), Interpreter.Mode.TYPED).run(entry, stored, inputs);
    }

    /** Runs the function {@code f} of a text; its sizes follow from the tensors. */
    static Tensor call(String text, Map<String, Long> sizes, Map<String, Tensor> inputs) {
        Program program = text(text, EntryRequest.of("f", sizes));
        return run(program, "f", initial(program, 1), inputs).get("result");
    }

    static Tensor i32(int value) {
        return Tensor.of(TensorType.scalar(ElementType.I32), value);
    }

    static Tensor f32(double value) {
        return Tensor.of(TensorType.scalar(ElementType.F32), value);
    }

    static Tensor f32(long[] shape, double... values) {
        return Tensor.of(TensorType.of(ElementType.F32, shape), values);
    }

    /** Inputs of an entry: i32 below {@code limit}, floats uniform, in the order of the names. */
    static Map<String, Tensor> inputs(Program program, String entry, int limit, long seed) {
        Random random = new Random(seed);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        var wanted = program.entry(entry);
        List<Value> parameters = program.body(wanted).parameters();
        for (int i = 0; i < wanted.inputs().size(); i++) {
            TensorType type = parameters.get(wanted.reads().size() + i).type();
            Tensor tensor = Tensor.zeros(type);
            for (int j = 0; j < tensor.size(); j++) {
                tensor.set(j, type.element() == ElementType.I32 ? random.nextInt(limit) : random.nextFloat());
            }
            inputs.put(wanted.inputs().get(i), tensor);
        }
        return inputs;
    }
}
