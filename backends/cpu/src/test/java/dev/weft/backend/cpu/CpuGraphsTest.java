package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.Agreement;
import dev.weft.backend.testkit.GraphGenerator;
import dev.weft.backend.testkit.GraphGenerator.Generated;
import dev.weft.backend.testkit.OpSample;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random graphs, fused, against the interpreter; and the same bytes whatever the number of threads. */
class CpuGraphsTest {

    @ParameterizedTest
    @CsvSource({"5,80", "9,160"})
    void fusedGraphsAgreeWithTheInterpreter(long seed, int ops) {
        Generated generated = GraphGenerator.generate(seed, ops, ElementType.F32, GraphGenerator.Kind.ANY);
        List<Tensor> wanted = Interpreter.evaluate(generated.graph(), generated.inputs(), Interpreter.Mode.TYPED);
        List<MemorySegment> first = run(generated, 1);
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            Tensor got = TensorBytes.read(wanted.get(i).type(), first.get(i));
            Agreement agreement = Agreement.of(got, wanted.get(i));
            if (!agreement.within(1e-4)) {
                wrong.add(generated + ": " + generated.graph().results().get(i) + ": " + agreement);
            }
        }
        assertThat(wrong).isEmpty();
        for (int threads = 2; threads <= 3; threads++) {
            List<MemorySegment> other = run(generated, threads);
            for (int i = 0; i < other.size(); i++) {
                assertThat(other.get(i).mismatch(first.get(i)))
                        .as("%s: first byte of result %d that differs with %d threads", generated, i, threads)
                        .isEqualTo(-1);
            }
        }
    }

    private static List<MemorySegment> run(Generated generated, int threads) {
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(threads));
                Session session = backend.compile(generated.program(), CompileOptions.DEFAULT)) {
            Map<String, MemorySegment> inputs = new HashMap<>();
            List<String> names = generated.program().entry(OpSample.ENTRY).inputs();
            for (int i = 0; i < names.size(); i++) {
                inputs.put(names.get(i), TensorBytes.of(generated.inputs().get(i)));
            }
            Map<String, Buffer> outputs = session.run(OpSample.ENTRY, inputs);
            List<MemorySegment> bytes = new ArrayList<>();
            for (Buffer output : outputs.values()) {
                MemorySegment copy = MemorySegment.ofArray(
                        new byte[Math.toIntExact(output.type().bytes())]);
                session.read(output, copy);
                bytes.add(copy);
            }
            return bytes;
        }
    }
}
