package dev.weft.bench.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What Linux counts of a process's memory. */
public final class ResidentMemory {

    private static final String FIELD = "VmHWM:";
    private static final long KIBI = 1024;

    private ResidentMemory() {}

    /** Bytes that were resident at most, summed over a process and all that it started; empty where there is no {@code /proc}. */
    public static OptionalLong peak(ProcessHandle process) {
        long[] each = Stream.concat(Stream.of(process), process.descendants())
                .mapToLong(handle -> peak(Path.of("/proc", Long.toString(handle.pid()), "status")))
                .filter(bytes -> bytes > 0)
                .toArray();
        return each.length == 0
                ? OptionalLong.empty()
                : OptionalLong.of(java.util.Arrays.stream(each).sum());
    }

    private static long peak(Path status) {
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(FIELD))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIBI)
                    .findFirst()
                    .orElse(0);
        } catch (IOException _) {
            return 0;
        }
    }
}
