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

/** What is done to rows between the products of GPT-2: (rows, width) in, the same out. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Rows {

    private static final String PROGRAM = """
            import nn
            model Rows(rows, width) {
                part: nn.LayerNorm(width)
                buffer x: f32[rows, width] = normal(1)
                state y: f32[rows, width]
                fn layer_norm() {
                    y := part(x)
                }
                fn softmax() {
                    y := nn.softmax(x)
                }
                fn gelu() {
                    y := nn.gelu(x)
                }
            }
            """;

    @Param({"layer_norm", "softmax", "gelu"})
    public String function = "";

    @Param({"256x768", "256x3072", "3072x1024"})
    public String shape = "";

    private Compiled compiled;

    @Setup
    public void compile() {
        String[] sizes = shape.split("x");
        compiled = new Compiled(PROGRAM, Map.of("rows", sizes[0], "width", sizes[1]), function, ElementType.F32);
    }

    @TearDown
    public void close() {
        compiled.close();
    }

    @Benchmark
    public int rows() {
        return compiled.run();
    }
}
