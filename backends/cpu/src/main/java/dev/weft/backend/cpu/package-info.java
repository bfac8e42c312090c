/**
 * The CPU backend. {@link dev.weft.backend.cpu.CpuBackendProvider} is found as a service and opens a {@link
 * dev.weft.backend.cpu.CpuBackend}, which schedules and plans a program and makes a session of it: regions become work ({@code
 * kernel}), work becomes LLVM IR ({@code codegen}) and machine code ({@code nativelib}), and a session binds it to memory and runs it
 * on a pool of threads ({@code runtime}).
 *
 * <p>Not here: what a program means; the interpreter is never used.
 */
package dev.weft.backend.cpu;
