package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.Agreement;
import dev.weft.backend.testkit.OpSample;
import dev.weft.backend.testkit.OpSamples;
import dev.weft.graph.Entry;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every op, element type and form against the interpreter. */
class CpuOpsTest {
    private static final Backend BACKEND = new CpuBackendProvider().open(new BackendOptions(2));

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    static Stream<String> mnemonics() {
        // Calls and gradients are gone before a backend sees a program.
        return OpSamples.mnemonics().stream().filter(name -> !name.equals("call") && !name.equals("grad"));
    }

    @ParameterizedTest
    @MethodSource("mnemonics")
    void agreesWithTheInterpreter(String mnemonic) {
        List<String> wrong = new ArrayList<>();
        for (ElementType element : OpSamples.elements(mnemonic)) {
            for (long size : element == ElementType.F32 ? List.of(0L, 257L) : List.of(9L)) {
                for (OpSample sample : OpSamples.of(mnemonic, element, size, 7)) {
                    compare(sample, wrong);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static void compare(OpSample sample, List<String> wrong) {
        Tensor wanted = Interpreter.evaluate(sample.graph(), sample.inputs(), Interpreter.Mode.TYPED)
                .getFirst();
        try {
            Tensor got = run(sample);
            Agreement agreement = Agreement.of(got, wanted);
            if (!agreement.within(tolerance(wanted.type().element()))) {
                wrong.add(sample + ": " + agreement);
            }
        } catch (RuntimeException failure) {
            wrong.add(sample + ": " + failure);
        }
    }

    static double tolerance(ElementType element) {
        return switch (element) {
            case F64 -> 1e-12;
            case F32 -> 1e-5;
            case F16 -> 2e-3;
            case BF16 -> 1.6e-2;
            case I64, I32, I8, U8, BOOL -> 0;
        };
    }

    private static Tensor run(OpSample sample) {
        try (Session session = BACKEND.compile(sample.program(), CompileOptions.DEFAULT)) {
            Entry entry = sample.program().entry(OpSample.ENTRY);
            Map<String, MemorySegment> inputs = new HashMap<>();
            for (int i = 0; i < entry.inputs().size(); i++) {
                inputs.put(entry.inputs().get(i), TensorBytes.of(sample.inputs().get(i)));
            }
            Buffer output =
                    session.run(OpSample.ENTRY, inputs).values().iterator().next();
            MemorySegment bytes =
                    MemorySegment.ofArray(new byte[Math.toIntExact(output.type().bytes())]);
            session.read(output, bytes);
            return TensorBytes.read(output.type(), bytes);
        }
    }
}
