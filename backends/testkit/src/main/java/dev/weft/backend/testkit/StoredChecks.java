package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.text.ProgramParser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Programs with stored tensors, several entries and results in awkward places ({@code stored.weft-graph}): a session that runs the
 * entries in random order holds the same tensors as the interpreter does.
 */
final class StoredChecks {

    private static final int RUNS = 40;
    private static final int PIECES = 20;

    private final Supplier<Backend> backend;

    StoredChecks(Supplier<Backend> backend) {
        this.backend = backend;
    }

    List<Check> checks() {
        return List.of(
                new Check("stored", "begin as zeros", this::beginAsZeros),
                new Check("stored", "are read as they were written", this::readBack),
                new Check("stored", "are written in pieces", this::inPieces),
                new Check("stored", "entries in any order", this::inAnyOrder));
    }

    private static Program program() {
        return ProgramParser.parse(GradientChecks.text("stored.weft-graph"));
    }

    private Outcome beginAsZeros(Check check) {
        Program program = program();
        try (Harness harness = new Harness(backend.get(), program)) {
            for (Stored stored : program.stored()) {
                same(stored.name(), harness.stored(stored.name()), Tensor.zeros(stored.type()));
            }
        }
        return check.passed(0);
    }

    private Outcome readBack(Check check) {
        Program program = program();
        try (Harness harness = new Harness(backend.get(), program)) {
            Map<String, Tensor> written = fill(harness, program, new SplittableRandom(1));
            written.forEach((name, tensor) -> same(name, harness.stored(name), tensor));
        }
        return check.passed(0);
    }

    /** Pieces of all sizes in random order, over what was there before. */
    private Outcome inPieces(Check check) {
        Program program = program();
        SplittableRandom random = new SplittableRandom(3);
        try (Harness harness = new Harness(backend.get(), program)) {
            fill(harness, program, random);
            for (Stored stored : program.stored()) {
                Tensor wanted = harness.stored(stored.name());
                for (int piece = 0; piece < PIECES; piece++) {
                    int first = random.nextInt(wanted.size() + 1);
                    int count = random.nextInt(wanted.size() - first + 1);
                    Tensor values = Values.REAL.tensor(stored.type(), random);
                    for (int i = first; i < first + count; i++) {
                        wanted.set(i, values.get(i));
                    }
                    harness.store(stored.name(), values, first, count);
                    same("%s, piece %d".formatted(stored.name(), piece), harness.stored(stored.name()), wanted);
                }
            }
        }
        return check.passed(0);
    }

    private static Map<String, Tensor> fill(Harness harness, Program program, SplittableRandom random) {
        Map<String, Tensor> written = new HashMap<>();
        for (Stored stored : program.stored()) {
            Tensor tensor = Values.REAL.tensor(stored.type(), random);
            harness.store(stored.name(), tensor);
            written.put(stored.name(), tensor);
        }
        return written;
    }

    private Outcome inAnyOrder(Check check) {
        Program program = program();
        SplittableRandom random = new SplittableRandom(2);
        Interpreter interpreter = new Interpreter(program, Interpreter.Mode.TYPED);
        List<Entry> entries = List.copyOf(program.entries());
        try (Harness harness = new Harness(backend.get(), program)) {
            Map<String, Tensor> contents = fill(harness, program, random);
            for (int run = 0; run < RUNS; run++) {
                Entry entry = entries.get(random.nextInt(entries.size()));
                List<Tensor> inputs = inputs(program, entry, random);
                Map<String, Tensor> named = new HashMap<>();
                for (int i = 0; i < inputs.size(); i++) {
                    named.put(entry.inputs().get(i), inputs.get(i));
                }
                List<Tensor> wanted = List.copyOf(
                        interpreter.run(entry.name(), contents, named).values());
                List<Tensor> got = harness.run(entry.name(), inputs);
                for (int i = 0; i < got.size(); i++) {
                    same(
                            "run %d, entry %s: %s"
                                    .formatted(
                                            run, entry.name(), entry.outputs().get(i)),
                            got.get(i),
                            wanted.get(i));
                }
                for (Stored stored : program.stored()) {
                    String what = "run %d, after entry %s: stored %s".formatted(run, entry.name(), stored.name());
                    same(what, harness.stored(stored.name()), contents.get(stored.name()));
                }
            }
        }
        return check.passed(0);
    }

    private static List<Tensor> inputs(Program program, Entry entry, SplittableRandom random) {
        List<Tensor> inputs = new ArrayList<>();
        List<Value> parameters = program.body(entry).parameters();
        for (Value parameter : parameters.subList(entry.reads().size(), parameters.size())) {
            Values values = parameter.type().element().isFloat() ? Values.REAL : Values.index(2);
            inputs.add(values.tensor(parameter.type(), random));
        }
        return inputs;
    }

    /** Sums and products of a few f32: correctly rounded everywhere, so equal. */
    private static void same(String what, Tensor got, Tensor wanted) {
        Agreement agreement = Agreement.of(got, wanted);
        if (!agreement.within(0)) {
            throw new AssertionError(what + ": " + agreement);
        }
    }
}
