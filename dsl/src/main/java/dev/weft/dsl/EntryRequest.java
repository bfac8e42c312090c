package dev.weft.dsl;

import java.util.Map;
import java.util.Set;

/**
 * An entry to lower.
 *
 * @param name of an entry of a chosen program ({@code step}, {@code train.step}), or of a function of the model ({@code loss})
 * @param alias what the entry is called in the result
 * @param sizes call sizes by name, {@code B} and {@code T}
 * @param constants parameters that are to be known while compiling, as text: {@code cached=true}, {@code drop=0.1}
 * @param inputs parameters with a default that are to be inputs all the same
 */
public record EntryRequest(
        String name, String alias, Map<String, Long> sizes, Map<String, String> constants, Set<String> inputs) {

    public EntryRequest {
        sizes = Map.copyOf(sizes);
        constants = Map.copyOf(constants);
        inputs = Set.copyOf(inputs);
    }

    public static EntryRequest of(String name, Map<String, Long> sizes) {
        return new EntryRequest(name, name, sizes, Map.of(), Set.of());
    }

    public EntryRequest as(String other) {
        return new EntryRequest(name, other, sizes, constants, inputs);
    }

    public EntryRequest constants(Map<String, String> more) {
        return new EntryRequest(name, alias, sizes, more, inputs);
    }

    public EntryRequest inputs(Set<String> more) {
        return new EntryRequest(name, alias, sizes, constants, more);
    }
}
