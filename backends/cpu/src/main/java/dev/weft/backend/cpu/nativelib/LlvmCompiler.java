package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.DefectException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Textual IR to optimized machine code for this processor. Any number of threads may compile at once. */
@SuppressWarnings("restricted") // native access is what this package is for
public final class LlvmCompiler {
    /**
     * What kernels need of LLVM's {@code O3}, in half its time: they are one function of loops over flat memory, in which a name is computed
     * once for each scope. Left out is what looks for calls, exceptions, jumps and memory of other shapes, and unrolling behind
     * the vectorizer, which unrolls by itself; the times of kernels are the same.
     */
    private static final String PASSES = String.join(
            ",",
            "verify",
            "function(sroa", // sums that a loop keeps in memory
            "early-cse",
            "simplifycfg",
            "loop-mssa(loop-rotate",
            "licm",
            "simple-loop-unswitch<nontrivial;trivial>", // a mask that is the same for a whole row
            "loop-deletion)",
            "loop-vectorize",
            "instcombine<no-verify-fixpoint>",
            "simplifycfg)");

    private static final int CODE_GEN_DEFAULT = 2;
    private static final int RELOCATION_PIC = 2;
    private static final int CODE_MODEL_SMALL = 3;
    private static final int ASSEMBLY_FILE = 0;
    private static final int OBJECT_FILE = 1;

    private final LlvmLibrary llvm = LlvmLibrary.load();

    /** What a compilation keeps besides the object file. */
    public enum Keep {
        OBJECT_ONLY,
        TEXTS
    }

    /** The processor as LLVM names it, such as {@code znver5}, or a level such as {@code x86-64-v3}. */
    public String processor() {
        return llvm.processor();
    }

    /** The features of the processor, such as {@code +avx512f,-sse4a}; empty for a level. */
    public String features() {
        return llvm.features();
    }

    /** All that machine code depends on besides the text; found out without loading LLVM. */
    public static String recipe() {
        return String.join(
                "\n",
                NativeLibraries.identity(NativeLibraries.Library.LLVM),
                Processor.here().text(),
                Processor.level().map(IsaLevel::toString).orElse("native"),
                PASSES,
                String.join(" ", LlvmLibrary.OPTIONS),
                "O" + CODE_GEN_DEFAULT);
    }

    /**
     * Compiles one module.
     *
     * @param name for messages
     * @throws DefectException if the text does not parse or verify; the message holds the line
     */
    public CompiledModule compile(String name, String ir, Keep keep) {
        List<String> remarks = new ArrayList<>();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment context = llvm.function("LLVMContextCreate", "P").pointer();
            long listening = llvm.diagnostics().listen(context, remarks);
            try {
                MemorySegment module = parse(context, name, ir, arena);
                try {
                    return generate(module, name, keep, remarks, arena);
                } finally {
                    llvm.function("LLVMDisposeModule", "VP").run(module);
                }
            } finally {
                llvm.function("LLVMContextDispose", "VP").run(context);
                llvm.diagnostics().end(listening);
            }
        }
    }

    private CompiledModule generate(MemorySegment module, String name, Keep keep, List<String> remarks, Arena arena) {
        MemorySegment machine = llvm.machine(() -> targetMachine(arena));
        try {
            MemorySegment layout =
                    llvm.function("LLVMCreateTargetDataLayout", "PP").pointer(machine);
            llvm.function("LLVMSetModuleDataLayout", "VPP").run(module, layout);
            llvm.function("LLVMDisposeTargetData", "VP").run(layout);
            llvm.function("LLVMSetTarget", "VPP").run(module, arena.allocateFrom(llvm.triple()));
            optimize(module, name, machine, arena);
            String optimized = "";
            String assembly = "";
            if (keep == Keep.TEXTS) {
                optimized =
                        llvm.take(llvm.function("LLVMPrintModuleToString", "PP").pointer(module));
                MemorySegment copy = llvm.function("LLVMCloneModule", "PP").pointer(module);
                assembly = new String(emit(copy, name, machine, ASSEMBLY_FILE, arena), StandardCharsets.UTF_8);
                llvm.function("LLVMDisposeModule", "VP").run(copy);
            }
            byte[] object = emit(module, name, machine, OBJECT_FILE, arena);
            return new CompiledModule(object, optimized, assembly, remarks);
        } finally {
            llvm.keep(machine);
        }
    }

    private MemorySegment parse(MemorySegment context, String name, String ir, Arena arena) {
        MemorySegment module = NativeCalls.cell(arena);
        MemorySegment message = NativeCalls.cell(arena);
        MemorySegment buffer = llvm.buffer(ir.getBytes(StandardCharsets.UTF_8), name);
        int failed = llvm.function("LLVMParseIRInContext", "IPPPP").integer(context, buffer, module, message);
        if (failed != 0) {
            throw new DefectException("kernel " + name + ": LLVM does not accept the generated IR: "
                    + llvm.take(message.get(ValueLayout.ADDRESS, 0)));
        }
        return module.get(ValueLayout.ADDRESS, 0);
    }

    private MemorySegment targetMachine(Arena arena) {
        MemorySegment target = NativeCalls.cell(arena);
        MemorySegment message = NativeCalls.cell(arena);
        MemorySegment triple = arena.allocateFrom(llvm.triple());
        if (llvm.function("LLVMGetTargetFromTriple", "IPPP").integer(triple, target, message) != 0) {
            throw new DefectException("LLVM target: " + llvm.take(message.get(ValueLayout.ADDRESS, 0)));
        }
        return llvm.function("LLVMCreateTargetMachine", "PPPPPIII")
                .pointer(
                        target.get(ValueLayout.ADDRESS, 0),
                        triple,
                        arena.allocateFrom(llvm.processor()),
                        arena.allocateFrom(llvm.features()),
                        CODE_GEN_DEFAULT,
                        RELOCATION_PIC,
                        CODE_MODEL_SMALL);
    }

    private void optimize(MemorySegment module, String name, MemorySegment machine, Arena arena) {
        MemorySegment options =
                llvm.function("LLVMCreatePassBuilderOptions", "P").pointer();
        try {
            MemorySegment error = llvm.function("LLVMRunPasses", "PPPPP")
                    .pointer(module, arena.allocateFrom(PASSES), machine, options);
            llvm.check("kernel " + name, error);
        } finally {
            llvm.function("LLVMDisposePassBuilderOptions", "VP").run(options);
        }
    }

    private byte[] emit(MemorySegment module, String name, MemorySegment machine, int kind, Arena arena) {
        MemorySegment message = NativeCalls.cell(arena);
        MemorySegment buffer = NativeCalls.cell(arena);
        int failed = llvm.function("LLVMTargetMachineEmitToMemoryBuffer", "IPPIPP")
                .integer(machine, module, kind, message, buffer);
        if (failed != 0) {
            throw new DefectException("kernel " + name + ": " + llvm.take(message.get(ValueLayout.ADDRESS, 0)));
        }
        MemorySegment owned = buffer.get(ValueLayout.ADDRESS, 0);
        long size = llvm.function("LLVMGetBufferSize", "LP").size(owned);
        byte[] bytes = llvm.function("LLVMGetBufferStart", "PP")
                .pointer(owned)
                .reinterpret(size)
                .toArray(ValueLayout.JAVA_BYTE);
        llvm.function("LLVMDisposeMemoryBuffer", "VP").run(owned);
        return bytes;
    }
}
