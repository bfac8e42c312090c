package dev.weft.bench.torch;

import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import dev.weft.graph.tensor.Tensor;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * libtorch training in a process of its own, where nothing disturbs its pools of threads and where it disturbs nobody: in one process,
 * two OpenMP runtimes slow down both sides. The process has the environment in which libtorch does its best. One thread at a time;
 * closing ends the process.
 */
public final class PeerProcess implements AutoCloseable {

    /** Words of the protocol, each followed by its arguments; {@link PeerServer} answers one at a time. */
    enum Word {
        OPEN,
        STEP,
        RATE,
        END
    }

    /** A step's mean loss before the update, in nats, and how long it took in libtorch's own process. */
    public record Step(double loss, double millis) {}

    private static final double NANOS_PER_MILLI = 1e6;

    private final Process process;
    private final DataOutputStream requests;
    private final DataInputStream answers;

    /**
     * Starts the process and gives it a GPT.
     *
     * @param weights initial parameters by path
     * @throws MachineException if libtorch cannot be used here
     */
    public PeerProcess(int threads, int layers, int heads, Map<String, Tensor> weights, TorchPeer.Options options) {
        try {
            process = start(threads);
            requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
            answers = new DataInputStream(new BufferedInputStream(process.getInputStream()));
            String missing = answers.readUTF();
            if (!missing.isEmpty()) {
                throw new MachineException(missing);
            }
            open(layers, heads, weights, options);
        } catch (IOException e) {
            throw new UncheckedIOException("libtorch's process ended before it was ready", e);
        }
    }

    private static Process start(int threads) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        java.toString(),
                        "-Xmx2g",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PeerServer.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(best(threads));
        return builder.start();
    }

    /** Without these, libtorch's two pools of threads fight, and OpenBLAS picks kernels without AVX-512. */
    private static Map<String, String> best(int threads) throws IOException {
        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put("OMP_NUM_THREADS", Integer.toString(threads));
        wanted.put("OMP_WAIT_POLICY", "PASSIVE");
        Path processor = Path.of("/proc/cpuinfo");
        if (Files.isReadable(processor) && Files.readString(processor).contains("avx512bw")) {
            wanted.put("OPENBLAS_CORETYPE", "SkylakeX");
        }
        return wanted;
    }

    private void open(int layers, int heads, Map<String, Tensor> weights, TorchPeer.Options options)
            throws IOException {
        say(Word.OPEN);
        requests.writeInt(layers);
        requests.writeInt(heads);
        for (double number :
                List.of(options.beta1(), options.beta2(), options.eps(), options.decay(), options.clip())) {
            requests.writeDouble(number);
        }
        requests.writeInt(weights.size());
        for (Map.Entry<String, Tensor> weight : weights.entrySet()) {
            requests.writeUTF(weight.getKey());
            Wire.write(requests, weight.getValue().type().shape().sizes());
            Wire.write(requests, weight.getValue().toArray());
        }
        requests.flush();
    }

    /**
     * One training step on the mean of a batch.
     *
     * @param tokens (rows, length) row-major, and {@code targets} alike
     */
    public Step step(int[] tokens, int[] targets, int rows, double lr) {
        try {
            say(Word.STEP);
            Wire.write(requests, tokens);
            Wire.write(requests, targets);
            requests.writeInt(rows);
            requests.writeDouble(lr);
            requests.flush();
            return new Step(answers.readDouble(), answers.readLong() / NANOS_PER_MILLI);
        } catch (IOException e) {
            throw ended(e);
        }
    }

    /** GFLOP/s of libtorch's f32 product of two square matrices: the best of some. */
    public double productRate(int size, int repetitions) {
        try {
            say(Word.RATE);
            requests.writeInt(size);
            requests.writeInt(repetitions);
            requests.flush();
            return answers.readDouble();
        } catch (IOException e) {
            throw ended(e);
        }
    }

    private void say(Word word) throws IOException {
        requests.writeInt(word.ordinal());
    }

    private static DefectException ended(IOException cause) {
        return new DefectException("libtorch's process ended in the middle of its work: " + cause.getMessage());
    }

    @Override
    public void close() {
        try (requests) {
            say(Word.END);
            requests.flush();
            process.waitFor();
        } catch (IOException _) {
            process.destroyForcibly();
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
