package dev.weft.graph.plan;

import dev.weft.graph.DefectException;
import dev.weft.graph.Stored;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stored tensors in slabs: parameters, each family of state that follows the parameters, other state, buffers, caches, shadows; weights that are held in fewer bits. A family is
 * the state tensors named PREFIX.PATH for parameters PATH of the same shape: each lies at its parameter's offset, as elements, so
 * that one loop can run over several slabs. Tensors of rank two and more come first.
 */
final class SlabLayout {

    private static final Comparator<Stored> MATRICES_FIRST =
            Comparator.comparing(stored -> stored.type().rank() < 2);

    private SlabLayout() {}

    static List<Slab> of(Collection<Stored> stored) {
        List<Stored> parameters = role(stored, Stored.Role.PARAM);
        Map<String, Map<String, Stored>> families = new LinkedHashMap<>();
        List<Stored> states = new ArrayList<>();
        for (Stored state : role(stored, Stored.Role.STATE)) {
            Stored parameter = followed(state, parameters);
            if (parameter == null) {
                states.add(state);
            } else {
                String prefix = state.name()
                        .substring(0, state.name().length() - parameter.name().length() - 1);
                families.computeIfAbsent(prefix, key -> new LinkedHashMap<>()).put(parameter.name(), state);
            }
        }
        List<Slab> slabs = new ArrayList<>();
        slabs.add(slab("params", parameters));
        slabs.add(slab("weights", role(stored, Stored.Role.WEIGHT)));
        families.forEach((prefix, family) -> slabs.add(family(prefix, family, parameters)));
        slabs.add(slab("state", states));
        slabs.add(slab("buffers", role(stored, Stored.Role.BUFFER)));
        slabs.add(slab("caches", role(stored, Stored.Role.CACHE)));
        slabs.add(slab("shadows", role(stored, Stored.Role.SHADOW)));
        slabs.removeIf(slab -> slab.places().isEmpty());
        return slabs;
    }

    static Location find(List<Slab> slabs, String name) {
        for (int i = 0; i < slabs.size(); i++) {
            Slab.Range range = slabs.get(i).places().get(name);
            if (range != null) {
                return Location.slab(i, range.offset(), range.bytes());
            }
        }
        throw new DefectException("plan: stored tensor %s has no place".formatted(name));
    }

    private static List<Stored> role(Collection<Stored> stored, Stored.Role role) {
        return stored.stream()
                .filter(tensor -> tensor.role() == role)
                .sorted(MATRICES_FIRST)
                .toList();
    }

    private static Slab slab(String name, List<Stored> tensors) {
        Map<String, Slab.Range> places = new LinkedHashMap<>();
        long offset = 0;
        for (Stored tensor : tensors) {
            places.put(tensor.name(), new Slab.Range(offset, tensor.type().bytes()));
            offset = Plan.aligned(offset + tensor.type().bytes());
        }
        return new Slab(name, offset, places);
    }

    /** Every member at its parameter's place; places of parameters without a member stay empty. */
    private static Slab family(String prefix, Map<String, Stored> family, List<Stored> parameters) {
        Map<String, Slab.Range> places = new LinkedHashMap<>();
        long offset = 0;
        for (Stored parameter : parameters) {
            Stored member = family.get(parameter.name());
            if (member != null) {
                places.put(member.name(), new Slab.Range(offset, member.type().bytes()));
            }
            offset = Plan.aligned(offset + parameter.type().bytes());
        }
        return new Slab(prefix, offset, places);
    }

    private static @Nullable Stored followed(Stored state, List<Stored> parameters) {
        for (Stored parameter : parameters) {
            if (state.name().endsWith("." + parameter.name()) && state.type().equals(parameter.type())) {
                return parameter;
            }
        }
        return null;
    }
}
