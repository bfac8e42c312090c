package dev.weft.backend.cpu.nativelib;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Machine code in this process. Closing unloads it; safe to call twice. */
public interface LoadedCode extends AutoCloseable {

    /**
     * Loads object files whose functions have different names: by ourselves on x86-64, elsewhere by LLVM.
     *
     * @throws dev.weft.graph.MachineException if they are for another processor, or memory cannot be executable
     */
    static LoadedCode of(List<byte[]> objects) {
        if (NativeLibraries.facts().platform().endsWith("-x86_64")) {
            return new ObjectLoader(objects);
        }
        LlvmJit jit = new LlvmJit();
        objects.forEach(jit::add);
        return jit;
    }

    /** The address of a function. */
    MemorySegment find(String symbol);

    @Override
    void close();
}
