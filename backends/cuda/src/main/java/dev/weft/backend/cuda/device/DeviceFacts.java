package dev.weft.backend.cuda.device;

/**
 * A device as far as plans depend on it.
 *
 * @param name as its maker calls it
 * @param major compute capability
 * @param minor compute capability
 * @param multiprocessors of the device
 * @param threadsPerMultiprocessor most that are resident at a time
 * @param sharedBytesPerBlock most shared memory that a block can ask for
 * @param cacheBytes of the level that all multiprocessors share
 * @param memoryBytes all memory of the device
 */
public record DeviceFacts(
        String name,
        int major,
        int minor,
        int multiprocessors,
        int threadsPerMultiprocessor,
        long sharedBytesPerBlock,
        long cacheBytes,
        long memoryBytes) {

    /** All of it, in words that differ where devices do. Not by the record's own, which the JVM makes at each start, in some 20 ms. */
    public String text() {
        return String.join(
                " ",
                name,
                architecture(),
                Integer.toString(multiprocessors),
                Integer.toString(threadsPerMultiprocessor),
                Long.toString(sharedBytesPerBlock),
                Long.toString(cacheBytes),
                Long.toString(memoryBytes));
    }

    /** The architecture that kernels are compiled for: {@code sm_90a}, which alone has all instructions of its processor, or {@code sm_80}. */
    public String architecture() {
        return "sm_" + major + minor + (major >= 9 && major < 12 ? "a" : "");
    }
}
