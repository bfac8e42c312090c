/**
 * Where values lie on a device and how an entry runs there. In come a plan, works of regions and a
 * {@link dev.weft.backend.cuda.device.Device}; out comes, for each entry, a graph that is replayed.
 *
 * <p>Not here: what the works are ({@code region}), and who calls ({@code dev.weft.backend.cuda}).
 */
package dev.weft.backend.cuda.runtime;
