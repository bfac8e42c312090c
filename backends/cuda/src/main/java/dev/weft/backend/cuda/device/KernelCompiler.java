package dev.weft.backend.cuda.device;

import java.util.List;

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
