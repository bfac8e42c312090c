package dev.weft.backend.cpu.nativelib;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Anonymous memory from {@code mmap}: zeroed by the system page by page, when first touched, in huge pages where the system
 * has them.
 */
@SuppressWarnings("restricted") // mmap and madvise are no part of the JDK
public final class AnonymousMapping {
    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;
    private static final NativeFunction MAP = NativeFunction.ofSystem("mmap", "PPLIIIL");
    private static final NativeFunction UNMAP = NativeFunction.ofSystem("munmap", "IPL");
    private static final NativeFunction ADVISE = NativeFunction.ofSystem("madvise", "IPLI");

    private AnonymousMapping() {}

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
        return MAP.pointer(MemorySegment.NULL, size, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
    }

    /** Where it fails, ordinary pages serve. */
    private static void advise(MemorySegment block) {
        ADVISE.run(block, block.byteSize(), MADV_HUGEPAGE);
    }

    private static void unmap(MemorySegment block) {
        UNMAP.run(MemorySegment.ofAddress(block.address()), block.byteSize());
    }
}
