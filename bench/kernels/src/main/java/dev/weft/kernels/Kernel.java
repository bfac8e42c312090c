package dev.weft.kernels;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How each kernel is timed: from one call to the next, in microseconds, in a process of its own. JMH makes a benchmark of each heir. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class Kernel {

    private @Nullable Compiled compiled;

    /** What is timed, with the parameters of this benchmark. */
    abstract Compiled compiled();

    @Setup
    public void compile() {
        compiled = compiled();
    }

    @TearDown
    public void close() {
        if (compiled != null) {
            compiled.close();
        }
    }

    @Benchmark
    public int run() {
        if (compiled == null) {
            throw new IllegalStateException("compiled: must be there, is made before the first run");
        }
        return compiled.run();
    }
}
