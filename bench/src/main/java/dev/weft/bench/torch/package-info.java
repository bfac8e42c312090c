/**
 * libtorch as a peer and as an oracle: the only package that sees {@code org.bytedeco}.
 *
 * <p>What comes in are tensors of {@code dev.weft.graph.tensor}; what goes out are tensors again, computed by libtorch.
 *
 * <p>Not here: anything that Weft computes. Nothing in this package knows a compiler or a backend.
 */
package dev.weft.bench.torch;
