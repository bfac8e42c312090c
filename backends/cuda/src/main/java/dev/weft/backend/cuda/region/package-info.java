/**
 * From regions to launches. In comes a region of a schedule; out comes a list of {@link dev.weft.backend.cuda.region.Work}: generated
 * kernels and products.
 *
 * <p>Not here: what kernels say ({@code codegen}), where values lie and when work runs ({@code runtime}).
 */
package dev.weft.backend.cuda.region;
