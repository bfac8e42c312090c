package dev.weft.backend.cuda.device;

import dev.weft.backend.spi.Memory;
import dev.weft.backend.spi.OutOfMemory;

/** A device has less memory left than is asked for. Whoever knows what the memory is for can say what would fit. */
public final class OutOfDeviceMemory extends OutOfMemory {
    private static final long serialVersionUID = 1L;

    /** @param what the memory is for: {@code temporaries} */
    public OutOfDeviceMemory(String device, String what, long neededBytes, long freeBytes) {
        super(
                "device memory: %s need %s, but %s has %s free"
                        .formatted(what, Memory.text(neededBytes), device, Memory.text(freeBytes)),
                "take a smaller batch, or end other programs on it",
                neededBytes,
                freeBytes);
    }
}
