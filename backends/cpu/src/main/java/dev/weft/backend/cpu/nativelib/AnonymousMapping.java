package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.DefectException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Anonymous memory from {@code mmap}: zeroed by the system page by page, when first touched, in huge pages where the system
 * has them.
 */
@SuppressWarnings("restricted") // mmap and madvise are no part of the JDK
public final class AnonymousMapping {
    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;
    private static final MethodHandle MAP = bind(
            "mmap",
            FunctionDescriptor.of(
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG));
    private static final MethodHandle UNMAP =
            bind("munmap", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

    private static final Optional<MethodHandle> ADVISE = Linker.nativeLinker()
            .defaultLookup()
            .find("madvise")
            .map(address -> Linker.nativeLinker()
                    .downcallHandle(
                            address,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT)));

    private AnonymousMapping() {}

    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker()
                .downcallHandle(Linker.nativeLinker().defaultLookup().find(name).orElseThrow(), descriptor);
    }

    /**
     * Maps {@code size} bytes aligned to {@code alignment}; unmapped when {@code owner} closes.
     *
     * @throws OutOfMemoryError if the system has none
     */
    public static MemorySegment map(long size, long alignment, Arena owner) {
        long whole = size + alignment;
        MemorySegment mapped = call(whole);
        if (mapped.address() == -1) {
            throw new OutOfMemoryError("mmap refused " + whole + " bytes");
        }
        long skip = Math.ceilDiv(mapped.address(), alignment) * alignment - mapped.address();
        MemorySegment block =
                mapped.reinterpret(whole, owner, AnonymousMapping::unmap).asSlice(skip, size);
        advise(block);
        return block;
    }

    private static MemorySegment call(long size) {
        try {
            return (MemorySegment) MAP.invokeExact(MemorySegment.NULL, size, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
        } catch (Throwable failure) {
            throw new DefectException("mmap failed", failure);
        }
    }

    private static void advise(MemorySegment block) {
        ADVISE.ifPresent(handle -> {
            try {
                // Where it fails, ordinary pages serve.
                int ignored = (int) handle.invokeExact(block, block.byteSize(), MADV_HUGEPAGE);
            } catch (Throwable failure) {
                throw new DefectException("madvise failed", failure);
            }
        });
    }

    private static void unmap(MemorySegment block) {
        try {
            int ignored = (int) UNMAP.invokeExact(MemorySegment.ofAddress(block.address()), block.byteSize());
        } catch (Throwable failure) {
            throw new DefectException("munmap failed", failure);
        }
    }
}
