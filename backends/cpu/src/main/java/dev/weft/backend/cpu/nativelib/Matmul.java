package dev.weft.backend.cpu.nativelib;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** One product made for one thread; shared by all threads, each of which executes it through its own {@link MatmulCall}. */
public final class Matmul {
    private final OneDnn owner;
    private final MatmulProblem problem;
    private final String implementation;
    private final long scratchBytes;
    private final MemorySegment description;
    private final MemorySegment a;
    private final MemorySegment b;
    private final MemorySegment c;
    private final MemorySegment scratch;
    private @Nullable MemorySegment primitive;

    Matmul(
            OneDnn owner,
            MatmulProblem problem,
            String implementation,
            long scratchBytes,
            MemorySegment description,
            MemorySegment a,
            MemorySegment b,
            MemorySegment c,
            MemorySegment scratch) {
        this.owner = owner;
        this.problem = problem;
        this.implementation = implementation;
        this.scratchBytes = scratchBytes;
        this.description = description;
        this.a = a;
        this.b = b;
        this.c = c;
        this.scratch = scratch;
    }

    /** Made when it is first run: a program has many products, and what is called of it often few. */
    synchronized MemorySegment primitive() {
        MemorySegment made = primitive == null ? owner.primitive(description) : primitive;
        primitive = made;
        return made;
    }

    public MatmulProblem problem() {
        return problem;
    }

    /** Which of oneDNN's implementations was chosen, such as {@code brg_matmul:avx512_core}. */
    public String implementation() {
        return implementation;
    }

    /** Bytes of scratch memory that each thread must bring, aligned to 64. */
    public long scratchBytes() {
        return scratchBytes;
    }

    /** Argument blocks for one thread. {@code scratchMemory} must live as long as the call does. */
    public MatmulCall call(MemorySegment scratchMemory) {
        if (scratchMemory.byteSize() < scratchBytes) {
            throw new IllegalArgumentException(
                    "matmul scratch: needs " + scratchBytes + " bytes, got " + scratchMemory.byteSize());
        }
        return new MatmulCall(
                owner,
                this,
                owner.memory(a, MemorySegment.NULL),
                owner.memory(b, MemorySegment.NULL),
                owner.memory(c, MemorySegment.NULL),
                scratchBytes == 0 ? MemorySegment.NULL : owner.memory(scratch, scratchMemory));
    }
}
