package dev.weft.backend.cuda.runtime;

import dev.weft.backend.cuda.device.Device;
import dev.weft.graph.UserException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * What the checks of an entry's indices found. It stays on the device until it has been told, so that any number of runs may come before
 * somebody waits for one.
 */
final class Checks {
    private final Device device;
    private final List<String> messages;
    private final long status;
    private final MemorySegment found;

    /** @param messages of the checks, each with {@code %d} for the index */
    Checks(Held held, List<String> messages, String entry, long stream) {
        this.device = held.device();
        this.messages = List.copyOf(messages);
        this.status = held.memory(bytes(), "checks of entry " + entry);
        this.found = held.pinned(bytes(), "checks of entry " + entry);
        clear(stream);
    }

    private long bytes() {
        return messages.size() * EntryRun.STATUS_BYTES;
    }

    private void clear(long stream) {
        if (!messages.isEmpty()) {
            device.fill(stream, status, (byte) 0, bytes());
            found.fill((byte) 0);
        }
    }

    /** Where check number {@code index} leaves what it finds. */
    long status(int index) {
        return status + index * EntryRun.STATUS_BYTES;
    }

    /** Brings what was found until then to the host. */
    void copyOut(long stream) {
        if (!messages.isEmpty()) {
            device.copyOut(stream, found, status);
        }
    }

    /** Tells what was found, once; all runs must be known to be done. */
    void tell(Lanes lanes) {
        for (int i = 0; i < messages.size(); i++) {
            if (found.get(ValueLayout.JAVA_LONG, i * EntryRun.STATUS_BYTES) != 0) {
                long index = found.get(ValueLayout.JAVA_LONG, i * EntryRun.STATUS_BYTES + Long.BYTES);
                clear(lanes.work());
                throw new UserException(messages.get(i).formatted(index));
            }
        }
    }
}
