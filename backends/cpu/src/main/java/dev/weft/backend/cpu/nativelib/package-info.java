/**
 * The edge to native code: LLVM (textual IR in, machine code out), oneDNN (matrix products) and the system's memory maps,
 * called through {@code java.lang.foreign}.
 *
 * <p>In come IR text and matrix problems, out go addresses, texts and statuses that were checked. This is the only package
 * that sees {@code org.bytedeco}: JavaCPP's artifacts carry the shared libraries, which are unpacked into Weft's cache folder.
 * None of their classes is used, so nothing is printed at start and nothing is looked up twice. What IR is emitted is decided in
 * {@code codegen}; who runs it, on which threads and memory, in {@code runtime}.
 */
package dev.weft.backend.cpu.nativelib;
