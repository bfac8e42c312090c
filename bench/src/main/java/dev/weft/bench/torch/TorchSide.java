package dev.weft.bench.torch;

import dev.weft.bench.protocol.BatchFile;
import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideServer;
import dev.weft.graph.MachineException;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** The process in which libtorch does its steps. */
public final class TorchSide {

    /** What the preset brings. */
    public static final String VERSION = "2.10.0";

    /** Of the rotary frequencies of {@code llama.weft}. */
    private static final double BASE = 10000;

    private TorchSide() {}

    public static void main(String[] arguments) throws IOException {
        SideServer.serve("libtorch " + VERSION, TorchSide::open);
    }

    /**
     * What its process has to be started with: otherwise libtorch's two pools of threads fight, and OpenBLAS picks kernels without
     * AVX-512.
     */
    public static Map<String, String> environment(int threads) {
        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put("OMP_NUM_THREADS", Integer.toString(threads));
        wanted.put("OMP_WAIT_POLICY", "PASSIVE");
        try {
            if (Files.readString(Path.of("/proc/cpuinfo")).contains("avx512bw")) {
                wanted.put("OPENBLAS_CORETYPE", "SkylakeX");
            }
        } catch (IOException _) {
            // No Linux: it finds out by itself.
        }
        return wanted;
    }

    private static SideServer.Work open(Opening opening) {
        Optional<String> missing = Torch.missing();
        if (missing.isPresent()) {
            throw new MachineException(missing.get());
        }
        return switch (opening.work()) {
            case "train" -> new Training(opening);
            case "decode", "prefill" -> new TorchReading(opening);
            default -> throw new MachineException("libtorch: is no side of the work " + opening.work());
        };
    }

    private static TorchLanguageModel model(Opening opening) {
        int layers = opening.constant("layers");
        int heads = opening.constant("heads");
        return switch (opening.program()) {
            case "gpt" -> new TorchGpt(layers, heads);
            case "llama" -> new TorchLlama(layers, heads, opening.constant("shared"), BASE);
            default -> throw new MachineException("libtorch: has no program " + opening.program());
        };
    }

    /** Training steps. */
    private static final class Training implements SideServer.Work {

        private final TorchPeer peer;
        private final Opening.Optimizer optimizer;
        private final BatchFile batches;
        private final int rows;

        Training(Opening opening) {
            optimizer = opening.optimizer();
            rows = opening.batch();
            batches = new BatchFile(opening.batches());
            try (SafeTensors file = SafeTensors.open(Path.of(opening.weights()))) {
                peer = new TorchPeer(
                        model(opening),
                        Torch.copies(file),
                        optimizer,
                        opening.precision().equals("bf16"));
            }
        }

        @Override
        public DoubleSupplier step(int index) {
            double loss =
                    peer.step(ids(batches.tokens(index)), ids(batches.targets(index)), rows, optimizer.rate(index));
            return () -> loss;
        }

        @Override
        public void close() {
            peer.close();
            batches.close();
        }
    }

    static int[] ids(Tensor tokens) {
        return tokens.data().toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }
}
