package dev.weft.models.names;

import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.TensorNames;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** One export, the inverse of {@link NamesImport}. */
final class NamesExport {

    private final Rules rules;
    private final String origin;
    /** Names that a file of the model had, by what they are without their prefix. */
    private final SequencedMap<String, String> known = new LinkedHashMap<>();

    private final List<String> problems = new ArrayList<>();

    NamesExport(Rules rules, String origin, Collection<String> known) {
        this.rules = rules;
        this.origin = origin;
        known.forEach(name -> this.known.put(rules.withoutPrefix(name), name));
    }

    List<SafeTensors.Part> plan(Map<String, Tensor> ours) {
        Set<Rules.Instance> instances = new LinkedHashSet<>();
        ours.keySet().forEach(name -> rules.ofOurs(name)
                .ifPresentOrElse(instances::add, () -> problems.add(name + " has no foreign name")));
        List<SafeTensors.Part> parts = new ArrayList<>();
        for (Rules.Instance instance : instances) {
            conversion(instance, ours).ifPresent(parts::add);
        }
        if (!problems.isEmpty()) {
            throw new UserException(
                    origin + ": does not name all tensors of the program: " + TensorNames.list(problems));
        }
        parts.addAll(copies(parts));
        return parts;
    }

    /** What the file had twice, and the program has once. */
    private List<SafeTensors.Part> copies(List<SafeTensors.Part> parts) {
        List<SafeTensors.Part> copies = new ArrayList<>();
        known.forEach(
                (name, written) -> rules.originalOf(name).map(this::written).ifPresent(original -> {
                    boolean there = parts.stream().anyMatch(part -> part.types().containsKey(written));
                    parts.stream()
                            .filter(part -> !there && part.types().containsKey(original))
                            .forEach(part -> copies.add(new Copied(part, original, written)));
                }));
        return copies;
    }

    private String written(String name) {
        return known.getOrDefault(name, name);
    }

    /** One tensor of a part under another name. */
    private record Copied(SafeTensors.Part part, String original, String name) implements SafeTensors.Part {

        @Override
        public SequencedMap<String, TensorType> types() {
            return new LinkedHashMap<>(Map.of(name, part.types().get(original)));
        }

        @Override
        public SequencedMap<String, Tensor> tensors(Arena arena) {
            return new LinkedHashMap<>(Map.of(name, part.tensors(arena).get(original)));
        }
    }

    private Optional<Conversion> conversion(Rules.Instance instance, Map<String, Tensor> ours) {
        List<String> missing =
                instance.ours().stream().filter(name -> !ours.containsKey(name)).toList();
        if (!missing.isEmpty()) {
            problems.add(missing + " are missing, which are joined with others");
            return Optional.empty();
        }
        Side from = instance.line().ours();
        Side to = instance.line().theirs();
        List<Tensor> parts = instance.ours().stream().map(ours::get).toList();
        boolean once = from.transposed() != to.transposed();
        Optional<TensorType> joined =
                Shapes.join(parts.stream().map(Tensor::type).toList(), from.axis(), false);
        Optional<TensorType> turned = once ? joined.flatMap(Shapes::transpose) : joined;
        int count = to.names().size();
        if (turned.isEmpty()
                || (count > 1
                        && (to.axis() >= turned.get().rank() || turned.get().size(to.axis()) % count != 0))) {
            problems.add(instance.ours() + " cannot be rearranged as line "
                    + instance.line().number() + " asks, got "
                    + parts.stream().map(Tensor::type).toList());
            return Optional.empty();
        }
        TensorType piece = count == 1
                ? turned.get()
                : Rearrange.withSize(turned.get(), to.axis(), turned.get().size(to.axis()) / count);
        SequencedMap<String, TensorType> types = new LinkedHashMap<>();
        instance.theirs().forEach(name -> types.put(written(name), piece));
        return Optional.of(new Conversion(parts, from.axis(), once, to.axis(), types));
    }
}
