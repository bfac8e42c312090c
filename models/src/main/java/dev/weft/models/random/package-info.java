/**
 * Random numbers that are a function of their coordinates and of nothing else, so that a resumed run, another thread or a
 * peer that is fed the same batches sees the same ones. Not here: the language's {@code random}, which is an op of the graph.
 */
package dev.weft.models.random;
