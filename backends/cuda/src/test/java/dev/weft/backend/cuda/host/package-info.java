/**
 * The host device: kernels run on the processor, from the text that the GPU gets. In come calls of
 * {@link dev.weft.backend.cuda.device.Device}; out come the same effects, or a sentence about the thread that did wrong.
 *
 * <p>{@link dev.weft.backend.cuda.host.HostCompiler} puts {@code prelude.h} before kernels, which gives the names of
 * {@code prelude.cuh} their meaning on a processor, and makes a shared object of them with the clang and lld of JavaCPP's LLVM preset.
 * The objects run in a process of their own, the {@link dev.weft.backend.cuda.host.Worker}, written in C++ beside
 * {@code prelude.h}: one block at a time, each thread with a stack of its own, in one of three {@link dev.weft.backend.cuda.host.Order}s,
 * on shared memory that is full of NaN. Device memory belongs to both processes, and only what is allocated can be reached by kernels.
 *
 * <p>What is found: threads of a block that wait at different places or not at all, accesses outside allocations, arrays and dynamic
 * shared memory, accesses that are not aligned, and, by results that differ among orders, barriers that are missing. What is not found:
 * races among blocks that no order of blocks shows, and work on two streams that lacks an event: streams execute at once.
 */
@NullMarked
package dev.weft.backend.cuda.host;

import org.jspecify.annotations.NullMarked;
