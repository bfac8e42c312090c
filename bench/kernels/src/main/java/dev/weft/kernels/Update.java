package dev.weft.kernels;

import dev.weft.graph.type.ElementType;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** AdamW as {@code adamw.weft} has it, on one tensor: it reads four numbers and writes three for each parameter. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Update {

    private static final String PROGRAM = """
            model Update(size) {
                buffer g: f32[size] = normal(1)
                state w, m, v: f32[size]
                state t: f32[]
                fn step() {
                    t := t + 1
                    m := 0.9 * m + 0.1 * g
                    v := 0.95 * v + 0.05 * g * g
                    w := w - 0.0001 * w
                    w := w - 0.001 * (m / (1 - 0.9 ** t)) / (sqrt(v / (1 - 0.95 ** t)) + 1e-8)
                }
            }
            """;

    @Param({"589824", "38597376"})
    public String size = "";

    private Compiled compiled;

    @Setup
    public void compile() {
        compiled = new Compiled(PROGRAM, Map.of("size", size), "step", ElementType.F32);
    }

    @TearDown
    public void close() {
        compiled.close();
    }

    @Benchmark
    public int step() {
        return compiled.run();
    }
}
