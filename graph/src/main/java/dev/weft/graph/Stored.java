package dev.weft.graph;

import dev.weft.graph.type.TensorType;
import java.util.Locale;

/**
 * A tensor that outlives a run of an entry.
 *
 * @param name its path in the instance tree, {@code blocks.3.attn.qkv.weight}: its name everywhere
 */
public record Stored(String name, TensorType type, Role role) {

    /** Who writes it, and where it is kept. */
    public enum Role {
        /** Written by optimizers; in every checkpoint. */
        PARAM,
        /** Written at initialization only. */
        BUFFER,
        /** Written by entries; in a run's checkpoints. */
        STATE,
        /** Written by entries; per session and never saved. */
        CACHE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
