package dev.weft.graph;

import dev.weft.graph.type.ElementType;
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
        CACHE,
        /** A param rounded to another element type; every entry that writes the param writes it too. Never saved. */
        SHADOW,
        /** Stands in place of a param that is held in fewer bits; written from outside, by no entry. Never saved. */
        WEIGHT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Stands in no path: what follows it in the name of a shadow is the element type. */
    private static final char SHADOW_MARK = '@';

    /** The shadow of this param: {@code blocks.3.attn.qkv.weight@bf16}. */
    public Stored shadow(ElementType element) {
        return new Stored(name + SHADOW_MARK + element, type.withElement(element), Role.SHADOW);
    }

    /** The name of the param that this is the shadow of; the own name of any other tensor. */
    public String source() {
        return role == Role.SHADOW ? name.substring(0, name.lastIndexOf(SHADOW_MARK)) : name;
    }
}
