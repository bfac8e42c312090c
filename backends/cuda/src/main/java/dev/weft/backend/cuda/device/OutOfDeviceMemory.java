package dev.weft.backend.cuda.device;

import dev.weft.graph.MachineException;
import java.util.Locale;

/** A device has less memory left than is asked for. Whoever knows what the memory is for can say what would fit. */
public final class OutOfDeviceMemory extends MachineException {
    private static final long serialVersionUID = 1L;

    private final long neededBytes;
    private final long freeBytes;

    /** @param what the memory is for: {@code temporaries} */
    public OutOfDeviceMemory(String device, String what, long neededBytes, long freeBytes) {
        super(String.format(
                Locale.ROOT,
                "device memory: %s need %s, but %s has %s free; take a smaller batch, or end other programs on it",
                what,
                gibibytes(neededBytes),
                device,
                gibibytes(freeBytes)));
        this.neededBytes = neededBytes;
        this.freeBytes = freeBytes;
    }

    public long neededBytes() {
        return neededBytes;
    }

    public long freeBytes() {
        return freeBytes;
    }

    private static String gibibytes(long bytes) {
        return bytes < 1L << 30
                ? String.format(Locale.ROOT, "%.1f MiB", bytes / 0x1p20)
                : String.format(Locale.ROOT, "%.2f GiB", bytes / 0x1p30);
    }
}
