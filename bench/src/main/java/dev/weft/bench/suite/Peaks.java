package dev.weft.bench.suite;

import dev.weft.bench.ours.PeakRates;
import dev.weft.bench.torch.TorchRate;
import dev.weft.bench.torch.TorchSide;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What this machine can do at most, measured in the same run.
 *
 * @param f32 GFLOP/s of products; NaN where it cannot be measured, as the others
 * @param bf16 GFLOP/s of products
 * @param read GB/s
 * @param copy GB/s, bytes read and bytes written together
 */
record Peaks(double f32, double bf16, double read, double copy) {

    /** Measures through Weft and through libtorch, each in a process of its own: what either reaches is no more than the machine can do. */
    static Peaks measure(Java java, int threads) {
        Peaks ours = of(run(java.command("2g", PeakRates.class, Integer.toString(threads)), Map.of()));
        return ours.best(of(run(java.command("2g", TorchRate.class), TorchSide.environment(threads))));
    }

    /** The same of a GPU: through Weft's backend for it, and through PyTorch where a Python has it. */
    static Peaks ofDevice(Java java, Python python, NamedSuite suite) {
        Peaks ours = of(run(java.command("2g", PeakRates.class, "1", suite.backend()), Map.of()));
        try {
            return ours.best(of(run(python.rates(suite.device()), Map.of())));
        } catch (MachineException _) {
            // No PyTorch: said in every row.
            return ours;
        }
    }

    private static Peaks of(List<String> lines) {
        return new Peaks(rate(lines, "f32"), rate(lines, "bf16"), rate(lines, "read"), rate(lines, "copy"));
    }

    private static List<String> run(List<String> command, Map<String, String> environment) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(environment);
            Process process = builder.start();
            List<String> lines =
                    process.inputReader(StandardCharsets.UTF_8).lines().toList();
            if (process.waitFor() != 0) {
                throw new DefectException("peaks: must be measured, but the process ended with " + process.exitValue());
            }
            return lines;
        } catch (IOException e) {
            throw new DefectException("peaks: the process that measures them cannot be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DefectException("peaks: interrupted", e);
        }
    }

    private static double rate(List<String> lines, String name) {
        for (String line : lines) {
            if (line.matches(name + " [0-9.E]+")) {
                return Double.parseDouble(line.substring(name.length() + 1));
            }
        }
        return Double.NaN;
    }

    /** The higher of both, rate by rate. */
    Peaks best(Peaks other) {
        return new Peaks(best(f32, other.f32), best(bf16, other.bf16), best(read, other.read), best(copy, other.copy));
    }

    private static double best(double one, double other) {
        return Double.isNaN(one) ? other : Double.isNaN(other) ? one : Math.max(one, other);
    }

    double products(String precision) {
        return precision.equals("bf16") ? bf16 : f32;
    }
}
