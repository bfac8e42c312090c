package dev.weft.backend.spi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** How much memory there is, for backends that say before they allocate that it does not suffice. */
public final class Memory {

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Path CGROUPS = Path.of("/proc/self/cgroup");
    private static final Path MOUNTED = Path.of("/sys/fs/cgroup");

    private Memory() {}

    /**
     * Refuses what does not fit.
     *
     * @param needed bytes that are about to be allocated
     * @param available bytes that there are; empty where the system does not say, which refuses nothing
     * @param where what they are bytes of: {@code "this machine has"}
     * @throws OutOfMemory if more are needed, with both figures and what to do
     */
    public static void require(long needed, OptionalLong available, String where) {
        if (available.isPresent() && available.getAsLong() < needed) {
            throw new OutOfMemory(
                    "memory: the tensors of this program need %s, %s %s"
                            .formatted(text(needed), where, text(available.getAsLong())),
                    "take a smaller batch, context or model, or give it more memory",
                    needed,
                    available.getAsLong());
        }
    }

    /**
     * Bytes that this process may still take without swapping: the least of what the system and each of the control groups around the
     * process could give. Empty where the system does not say.
     */
    public static OptionalLong available() {
        LongStream.Builder limits = LongStream.builder();
        lines(MEMINFO).stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .forEach(line -> limits.add(Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB));
        for (String line : lines(CGROUPS)) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && parts[1].isEmpty()) {
                left(MOUNTED, parts[2], "memory.max", "memory.current", "inactive_file ")
                        .forEach(limits::add);
            } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
                left(
                                MOUNTED.resolve("memory"),
                                parts[2],
                                "memory.limit_in_bytes",
                                "memory.usage_in_bytes",
                                "total_inactive_file ")
                        .forEach(limits::add);
            }
        }
        return limits.build().min();
    }

    /**
     * What the control group at {@code path} and those above it have left; files that they have read and may forget do not count. In a
     * container the path may be that of the host, which is not there: then the mounted root is the container's own.
     */
    private static List<Long> left(Path root, String path, String limit, String used, String forgettable) {
        Path group = root.resolve(path.substring(1)).normalize();
        if (!Files.isDirectory(group) || !group.startsWith(root)) {
            group = root;
        }
        LongStream.Builder left = LongStream.builder();
        for (Path at = group; at != null && at.startsWith(root); at = at.getParent()) {
            OptionalLong most = number(at.resolve(limit));
            OptionalLong now = number(at.resolve(used));
            if (most.isPresent() && now.isPresent()) {
                long cached = lines(at.resolve("memory.stat")).stream()
                        .filter(line -> line.startsWith(forgettable))
                        .mapToLong(line -> Long.parseLong(line.substring(forgettable.length())))
                        .sum();
                left.add(Math.max(0, most.getAsLong() - now.getAsLong() + cached));
            }
        }
        return left.build().boxed().toList();
    }

    /** The number in a file; empty if there is none, as in {@code max}. */
    private static OptionalLong number(Path file) {
        return lines(file).stream()
                .filter(line -> line.matches("[0-9]{1,18}"))
                .mapToLong(Long::parseLong)
                .findFirst();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unknown) {
            return List.of();
        }
    }

    /** A number of bytes as people read it: {@code 1.90 GiB}. */
    public static String text(long bytes) {
        if (bytes == 1) {
            return "1 byte";
        }
        if (bytes < MIB) {
            return bytes < KIB ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f KiB", (double) bytes / KIB);
        }
        return bytes < GIB
                ? String.format(Locale.ROOT, "%.1f MiB", (double) bytes / MIB)
                : String.format(Locale.ROOT, "%.2f GiB", (double) bytes / GIB);
    }
}
