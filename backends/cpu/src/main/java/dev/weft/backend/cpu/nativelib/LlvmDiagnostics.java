package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.DefectException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What LLVM has to say while it compiles. Unless somebody listens it prints that, and ends the process where it is an error. One function
 * listens to all compilations of a process, told apart by numbers.
 */
@SuppressWarnings("restricted") // native access is what this package is for
final class LlvmDiagnostics {
    private final LlvmLibrary llvm;
    private final ConcurrentMap<Long, List<String>> remarks = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final MemorySegment listener;

    /** @param llvm as far as it is there: functions can be bound */
    LlvmDiagnostics(LlvmLibrary llvm) {
        this.llvm = llvm;
        MethodType type = MethodType.methodType(void.class, MemorySegment.class, MemorySegment.class);
        try {
            MethodHandle said = MethodHandles.lookup().bind(this, "said", type);
            // As long as the library, which is never unloaded.
            listener = Linker.nativeLinker().upcallStub(said, NativeCalls.descriptor("VPP"), Arena.global());
        } catch (ReflectiveOperationException impossible) {
            throw new DefectException("LLVM diagnostics: handler not found", impossible);
        }
    }

    /**
     * Collects what is said about a context.
     *
     * @return for {@link #end}
     */
    long listen(MemorySegment context, List<String> into) {
        long number = numbers.incrementAndGet();
        remarks.put(number, into);
        llvm.function("LLVMContextSetDiagnosticHandler", "VPPP")
                .run(context, listener, MemorySegment.ofAddress(number));
        return number;
    }

    void end(long number) {
        remarks.remove(number);
    }

    @SuppressWarnings("UnusedMethod") // called by LLVM
    private void said(MemorySegment info, MemorySegment number) {
        String text =
                llvm.take(llvm.function("LLVMGetDiagInfoDescription", "PP").pointer(info));
        List<String> into = remarks.get(number.address());
        if (into != null) {
            into.add(text);
        }
    }
}
