package dev.weft.models.names;

import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.TensorNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.UnaryOperator;

/** One export, the inverse of {@link NamesImport}. */
final class NamesExport {

    private final Rules rules;
    private final String origin;
    private final List<String> problems = new ArrayList<>();

    NamesExport(Rules rules, String origin) {
        this.rules = rules;
        this.origin = origin;
    }

    List<Conversion> plan(Map<String, Tensor> ours, UnaryOperator<String> theirName) {
        Set<Rules.Instance> instances = new LinkedHashSet<>();
        ours.keySet().forEach(name -> rules.ofOurs(name)
                .ifPresentOrElse(instances::add, () -> problems.add(name + " has no foreign name")));
        List<Conversion> conversions = new ArrayList<>();
        for (Rules.Instance instance : instances) {
            conversion(instance, ours, theirName).ifPresent(conversions::add);
        }
        if (!problems.isEmpty()) {
            throw new UserException(
                    origin + ": does not name all tensors of the program: " + TensorNames.list(problems));
        }
        return conversions;
    }

    private Optional<Conversion> conversion(
            Rules.Instance instance, Map<String, Tensor> ours, UnaryOperator<String> theirName) {
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
        instance.theirs().forEach(name -> types.put(theirName.apply(name), piece));
        return Optional.of(new Conversion(parts, from.axis(), once, to.axis(), types));
    }
}
