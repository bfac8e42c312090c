/**
 * The element type that matrix products read. Comes after derivatives, on flat graphs: parameters, sums, statistics, losses and
 * optimizers stay f32.
 *
 * <p>In comes a program in f32, out goes one of the same entries whose products read bf16 casts, with a
 * {@linkplain dev.weft.graph.Stored.Role#SHADOW shadow} of each param that a product reads. {@code Precision} is the pass,
 * {@code Narrowing} its analysis of one graph. {@code IntegerProducts} comes behind it where weights are held in i8 and products are to be
 * of integers: it rounds what these weights are multiplied with, {@code QuantizedRows} writes that and knows it again. Not here: where casts are
 * computed, which is decided by the schedule like that of any other arithmetic.
 */
package dev.weft.graph.pass.precision;
