package dev.weft.bench.suite;

import dev.weft.graph.MachineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** PyTorch's wheel, where a Python has it. */
final class Python {

    private static final String PEER = "bench/peers/gpt2.py";
    private static final String CUDA_PEER = "bench/peers/gpt2_cuda.py";
    private static final long PATIENCE_SECONDS = 60;

    private final String python;
    private final Path root;
    private @Nullable Boolean hasTorch;

    /** @param python a command, such as {@code python3} */
    Python(String python, Path root) {
        this.python = python;
        this.root = root;
    }

    /** @throws MachineException if this Python has no torch */
    List<String> command(boolean compiled) {
        requireTorch();
        List<String> command =
                new ArrayList<>(List.of(python, root.resolve(PEER).toString()));
        if (compiled) {
            command.add("--compile");
        }
        return command;
    }

    /**
     * The side that has its tensors on a device.
     *
     * @throws MachineException if this Python has no torch
     */
    List<String> onDevice(String device, boolean compiled) {
        requireTorch();
        List<String> command =
                new ArrayList<>(List.of(python, root.resolve(CUDA_PEER).toString(), "--device", device));
        if (compiled) {
            command.add("--compile");
        }
        return command;
    }

    /**
     * Prints what PyTorch reaches on a device, as {@link dev.weft.bench.ours.PeakRates} does.
     *
     * @throws MachineException if this Python has no torch
     */
    List<String> rates(String device) {
        requireTorch();
        return List.of(python, root.resolve(CUDA_PEER).toString(), "--device", device, "--rates");
    }

    private void requireTorch() {
        if (hasTorch == null) {
            hasTorch = tries();
        }
        if (!hasTorch) {
            throw new MachineException(
                    "PyTorch's wheel: needs a Python with torch, which %s is not; pip install torch, or name another by --python"
                            .formatted(python));
        }
    }

    private boolean tries() {
        try {
            Process process = new ProcessBuilder(python, "-c", "import torch")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
