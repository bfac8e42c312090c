package dev.weft.models.names;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.TensorNames;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** One import: problems are gathered, and told together. */
final class NamesImport {

    private final Rules rules;
    private final String subject;
    private final String origin;
    private final Arena arena;
    private final List<String> problems = new ArrayList<>();

    NamesImport(Rules rules, String subject, String origin, Arena arena) {
        this.rules = rules;
        this.subject = subject;
        this.origin = origin;
        this.arena = arena;
    }

    SequencedMap<String, Tensor> importTensors(Map<String, Tensor> named, Map<String, TensorType> ours) {
        Map<String, Tensor> theirs = new LinkedHashMap<>();
        named.forEach((name, tensor) -> {
            if (theirs.put(rules.withoutPrefix(name), tensor) != null) {
                problems.add(name + " is there twice, with and without its prefix");
            }
        });
        Map<String, Tensor> found = new HashMap<>();
        for (Rules.Instance instance : instances(theirs, ours)) {
            if (isComplete(instance, theirs, ours)) {
                found.putAll(convert(instance, theirs, ours));
            }
        }
        if (!problems.isEmpty()) {
            throw new UserException(subject + ": does not fit the program as " + origin + " names its tensors: "
                    + TensorNames.list(problems));
        }
        SequencedMap<String, Tensor> ordered = new LinkedHashMap<>();
        ours.keySet().forEach(name -> ordered.put(name, found.get(name)));
        return ordered;
    }

    /** What either side asks for; a name that no line has is a problem. */
    private Set<Rules.Instance> instances(Map<String, Tensor> theirs, Map<String, TensorType> ours) {
        Set<Rules.Instance> instances = new LinkedHashSet<>();
        theirs.forEach((name, tensor) -> {
            Optional<String> original = rules.originalOf(name);
            if (original.isPresent()) {
                requireCopy(name, tensor, original.get(), theirs);
            } else if (!rules.ignores(name)) {
                rules.ofTheirs(name)
                        .ifPresentOrElse(instances::add, () -> problems.add(name + " has no name in the program"));
            }
        });
        ours.keySet().forEach(name -> rules.ofOurs(name)
                .ifPresentOrElse(instances::add, () -> problems.add("the program's " + name + " has no foreign name")));
        return instances;
    }

    private void requireCopy(String name, Tensor tensor, String original, Map<String, Tensor> theirs) {
        Tensor other = theirs.get(original);
        if (other == null || !other.type().equals(tensor.type()) || other.data().mismatch(tensor.data()) >= 0) {
            problems.add(name + " must equal " + original + ", which the program uses in its place");
        }
    }

    private boolean isComplete(Rules.Instance instance, Map<String, Tensor> theirs, Map<String, TensorType> ours) {
        List<String> theirNames = instance.theirs();
        List<String> ourNames = instance.ours();
        int before = problems.size();
        for (String name : ourNames) {
            if (!ours.containsKey(name)) {
                problems.add(String.join(", ", theirNames) + " would be " + name + ", which the program does not have");
            }
        }
        for (String name : theirNames) {
            if (!theirs.containsKey(name)) {
                problems.add(
                        name + " is missing, from which the program's " + String.join(", ", ourNames) + " is made");
            }
        }
        return problems.size() == before;
    }

    private Map<String, Tensor> convert(
            Rules.Instance instance, Map<String, Tensor> theirs, Map<String, TensorType> ours) {
        Side from = instance.line().theirs();
        Side to = instance.line().ours();
        List<String> ourNames = instance.ours();
        List<TensorType> wanted = ourNames.stream().map(ours::get).toList();
        List<Tensor> parts = instance.theirs().stream().map(theirs::get).toList();
        boolean once = from.transposed() != to.transposed();
        String what = String.join(", ", instance.theirs());
        Optional<TensorType> joined =
                Shapes.join(parts.stream().map(Tensor::type).toList(), from.axis(), true);
        Optional<TensorType> target = Shapes.join(wanted, to.axis(), false);
        Optional<TensorType> turned = once ? joined.flatMap(Shapes::transpose) : joined;
        if (turned.isEmpty() || target.isEmpty() || !fits(turned.get(), target.get())) {
            problems.add(what + " must give " + String.join(", ", ourNames) + " " + wanted + (once ? " transposed" : "")
                    + ", got " + parts.stream().map(Tensor::type).toList());
            return Map.of();
        }
        Tensor whole = Rearrange.join(parts, from.axis(), arena);
        whole = once ? Rearrange.transpose(whole, arena) : whole;
        whole = whole.type().element() == target.get().element() ? whole : Rearrange.widen(whole, arena);
        List<Tensor> pieces = Rearrange.split(
                whole,
                to.axis(),
                wanted.stream().map(type -> Shapes.size(type, to.axis())).toList(),
                arena);
        Map<String, Tensor> result = new LinkedHashMap<>();
        for (int i = 0; i < pieces.size(); i++) {
            result.put(ourNames.get(i), new Tensor(wanted.get(i), pieces.get(i).data()));
        }
        return result;
    }

    private static boolean fits(TensorType got, TensorType wanted) {
        boolean narrow = got.element() == ElementType.F16 || got.element() == ElementType.BF16;
        boolean element = got.element() == wanted.element() || (narrow && wanted.element() == ElementType.F32);
        return element && got.shape().equals(wanted.shape());
    }
}
