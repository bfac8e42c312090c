package dev.weft.models.names;

import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Tensor;
import java.util.ArrayList;
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
    private final boolean widening;
    private final List<String> problems = new ArrayList<>();
    private final List<String> copies = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();

    /** @param widening whether f16 and bf16 become f32 where the program wants that; otherwise they stay what they are */
    NamesImport(Rules rules, String subject, String origin, boolean widening) {
        this.rules = rules;
        this.subject = subject;
        this.origin = origin;
        this.widening = widening;
    }

    ImportPlan plan(Map<String, Tensor> named, Map<String, TensorType> ours) {
        Map<String, Tensor> theirs = new LinkedHashMap<>();
        named.forEach((name, tensor) -> {
            if (theirs.put(rules.withoutPrefix(name), tensor) != null) {
                problems.add(name + " is there twice, with and without its prefix");
            }
        });
        List<Conversion> conversions = new ArrayList<>();
        for (Rules.Instance instance : instances(theirs, ours)) {
            if (isComplete(instance, theirs, ours)) {
                conversion(instance, theirs, ours).ifPresent(conversions::add);
            }
        }
        return new ImportPlan(subject, origin, conversions, copies, ignored, problems);
    }

    /** What either side asks for; a name that no line has is a problem. */
    private Set<Rules.Instance> instances(Map<String, Tensor> theirs, Map<String, TensorType> ours) {
        Set<Rules.Instance> instances = new LinkedHashSet<>();
        theirs.forEach((name, tensor) -> {
            Optional<Rules.Instance> instance = rules.ofTheirs(name);
            Optional<String> original = rules.originalOf(name);
            boolean wanted = instance.isPresent()
                    && ours.keySet().containsAll(instance.get().ours());
            if (original.isPresent() && !wanted) {
                copies.add(name);
                requireCopy(name, tensor, original.get(), theirs);
            } else if (rules.ignores(name)) {
                ignored.add(name);
            } else {
                instance.ifPresentOrElse(instances::add, () -> problems.add(name + " has no name in the program"));
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

    private Optional<Conversion> conversion(
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
            return Optional.empty();
        }
        ElementType element = widening ? target.get().element() : turned.get().element();
        SequencedMap<String, TensorType> types = new LinkedHashMap<>();
        ourNames.forEach(name -> types.put(name, ours.get(name).withElement(element)));
        return Optional.of(new Conversion(parts, from.axis(), once, to.axis(), types));
    }

    private static boolean fits(TensorType got, TensorType wanted) {
        boolean narrow = got.element() == ElementType.F16 || got.element() == ElementType.BF16;
        boolean element = got.element() == wanted.element() || (narrow && wanted.element() == ElementType.F32);
        return element && got.shape().equals(wanted.shape());
    }
}
