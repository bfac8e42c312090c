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

/** {@code c := a @ b} of (rows, inner) and (inner, columns): the products of a step of GPT-2 124M with B=4 T=64. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Products {

    private static final String PROGRAM = """
            model Product(rows, inner, columns) {
                param a: f32[rows, inner] = normal(1)
                param b: f32[inner, columns] = normal(1)
                state c: f32[rows, columns]
                fn multiply() {
                    c := a @ b
                }
            }
            """;

    /** rows x inner x columns: the joined queries, keys and values, the two of the network, a weight's gradient, the head. */
    @Param({"256x768x2304", "256x768x768", "256x768x3072", "256x3072x768", "768x256x3072", "256x768x50257"})
    public String shape = "";

    /** What the product reads; it writes f32. */
    @Param({"F32", "BF16"})
    public ElementType element = ElementType.F32;

    private Compiled compiled;

    @Setup
    public void compile() {
        String[] sizes = shape.split("x");
        compiled = new Compiled(
                PROGRAM,
                Map.of("rows", sizes[0], "inner", sizes[1], "columns", sizes[2]),
                "multiply",
                element);
    }

    @TearDown
    public void close() {
        compiled.close();
    }

    @Benchmark
    public int multiply() {
        return compiled.run();
    }
}
