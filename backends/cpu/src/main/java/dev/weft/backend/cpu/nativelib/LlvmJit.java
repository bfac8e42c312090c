package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.DefectException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Links object files into this process by LLVM, and finds their functions. */
public final class LlvmJit implements LoadedCode {
    private final LlvmLibrary llvm = LlvmLibrary.load();
    private final MemorySegment jit;
    private final MemorySegment dylib;
    private boolean closed;

    public LlvmJit() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = NativeCalls.cell(arena);
            llvm.check("LLVM JIT", llvm.function("LLVMOrcCreateLLJIT", "PPP").pointer(out, MemorySegment.NULL));
            jit = out.get(ValueLayout.ADDRESS, 0);
            dylib = llvm.function("LLVMOrcLLJITGetMainJITDylib", "PP").pointer(jit);
            // memset, memcpy and such come from the C library of this process.
            byte prefix = llvm.function("LLVMOrcLLJITGetGlobalPrefix", "BP").small(jit);
            MemorySegment generator = NativeCalls.cell(arena);
            MemorySegment error = llvm.function("LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess", "PPBPP")
                    .pointer(generator, prefix, MemorySegment.NULL, MemorySegment.NULL);
            llvm.check("LLVM JIT", error);
            llvm.function("LLVMOrcJITDylibAddGenerator", "VPP").run(dylib, generator.get(ValueLayout.ADDRESS, 0));
        }
    }

    /** Adds one object file; its symbols must be new. */
    public void add(CompiledModule module) {
        add(module.object());
    }

    /** As above, for an object file alone. */
    synchronized void add(byte[] object) {
        requireOpen();
        MemorySegment buffer = llvm.buffer(object, "kernels");
        llvm.check(
                "LLVM JIT", llvm.function("LLVMOrcLLJITAddObjectFile", "PPPP").pointer(jit, dylib, buffer));
    }

    @Override
    public synchronized MemorySegment find(String symbol) {
        requireOpen();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment error =
                    llvm.function("LLVMOrcLLJITLookup", "PPPP").pointer(jit, address, arena.allocateFrom(symbol));
            llvm.check("LLVM JIT", error);
            return MemorySegment.ofAddress(address.get(ValueLayout.JAVA_LONG, 0));
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            llvm.check("LLVM JIT", llvm.function("LLVMOrcDisposeLLJIT", "PP").pointer(jit));
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new DefectException("LLVM JIT: it must be open, but was closed");
        }
    }
}
