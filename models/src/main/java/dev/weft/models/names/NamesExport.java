package dev.weft.models.names;

import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.TensorNames;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
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
    private final Arena arena;
    private final List<String> problems = new ArrayList<>();

    NamesExport(Rules rules, String origin, Arena arena) {
        this.rules = rules;
        this.origin = origin;
        this.arena = arena;
    }

    SequencedMap<String, Tensor> exportTensors(Map<String, Tensor> ours) {
        Set<Rules.Instance> instances = new LinkedHashSet<>();
        ours.keySet().forEach(name -> rules.ofOurs(name)
                .ifPresentOrElse(instances::add, () -> problems.add(name + " has no foreign name")));
        SequencedMap<String, Tensor> theirs = new LinkedHashMap<>();
        for (Rules.Instance instance : instances) {
            theirs.putAll(convert(instance, ours));
        }
        if (!problems.isEmpty()) {
            throw new UserException(
                    origin + ": does not name all tensors of the program: " + TensorNames.list(problems));
        }
        return theirs;
    }

    private Map<String, Tensor> convert(Rules.Instance instance, Map<String, Tensor> ours) {
        List<String> missing =
                instance.ours().stream().filter(name -> !ours.containsKey(name)).toList();
        if (!missing.isEmpty()) {
            problems.add(missing + " are missing, which are joined with others");
            return Map.of();
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
            return Map.of();
        }
        Tensor whole = Rearrange.join(parts, from.axis(), arena);
        whole = once ? Rearrange.transpose(whole, arena) : whole;
        long size = Shapes.size(whole.type(), to.axis()) / count;
        List<Tensor> pieces = Rearrange.split(whole, to.axis(), Collections.nCopies(count, size), arena);
        Map<String, Tensor> result = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            result.put(instance.theirs().get(i), pieces.get(i));
        }
        return result;
    }
}
