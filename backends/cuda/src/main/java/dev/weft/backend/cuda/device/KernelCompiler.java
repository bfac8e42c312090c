package dev.weft.backend.cuda.device;

import java.util.List;
import java.util.Optional;

/** Makes of kernel text what {@link Device#load} takes. */
public interface KernelCompiler {

    /**
     * Compiles kernels that share a prelude, together, which costs less than one by one.
     *
     * @param kernels texts of kernels, each with the name by which {@link Device#function} will find it
     * @throws dev.weft.graph.DefectException if the text is not accepted, with what the compiler says
     */
    Image compile(List<Source> kernels);

    /**
     * All that an image depends on but the kernels' texts: compiler, options, prelude, architecture. Loads nothing. Empty if images are not
     * to be kept for other processes.
     */
    default Optional<String> recipe() {
        return Optional.empty();
    }

    /** Makes ready what the first call of {@link #compile} needs, without waiting for it. */
    default void begin() {}

    /** Whether these kernels are enough to be compiled together; others may follow, and several threads may compile. */
    default boolean isWhole(List<Source> kernels) {
        return false;
    }

    /**
     * One kernel, without the prelude.
     *
     * @param parameters how many 64-bit words it takes
     */
    record Source(String name, String text, int parameters) {}

    /**
     * Compiled kernels.
     *
     * @param log what the compiler says of registers, spills and shared memory; empty where it says nothing
     */
    record Image(byte[] bytes, String log) {}
}
