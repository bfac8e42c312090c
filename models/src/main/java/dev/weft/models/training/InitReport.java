package dev.weft.models.training;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.names.Rename;
import dev.weft.models.tensorfile.Fingerprint;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.TensorNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which tensors of a model became initial parameters of a program, and which did not.
 *
 * @param from what {@link InitFrom#model} named
 * @param matched tensors that are taken over
 * @param missing names of the program's tensors that the model does not have
 * @param unexpected names of the model's tensors that the program does not have
 * @param mismatched names of tensors that both have with different types, and these types
 */
public record InitReport(
        String from, List<String> matched, List<String> missing, List<String> unexpected, List<String> mismatched) {

    private static final int SHOWN = 6;

    public InitReport {
        matched = List.copyOf(matched);
        missing = List.copyOf(missing);
        unexpected = List.copyOf(unexpected);
        mismatched = List.copyOf(mismatched);
    }

    /** One line: how many of each. */
    public String summary() {
        int wanted = matched.size() + missing.size() + mismatched.size();
        return "%s: %d of %d tensors matched; %d missing, %d unexpected, %d of other shapes"
                .formatted(from, matched.size(), wanted, missing.size(), unexpected.size(), mismatched.size());
    }

    /** A line for each tensor that did not match; of many of a kind, the first ones. */
    public List<String> details() {
        List<String> lines = new ArrayList<>();
        add(lines, missing, " is missing");
        add(lines, unexpected, " is not part of the program");
        add(lines, mismatched, "");
        return lines;
    }

    private static void add(List<String> lines, List<String> names, String what) {
        names.stream().limit(SHOWN).forEach(name -> lines.add(name + what));
        if (names.size() > SHOWN) {
            lines.add("and " + (names.size() - SHOWN) + " more"
                    + (what.isEmpty() ? " of other types" : " that" + what.replace("is ", "are ")));
        }
    }

    private String text() {
        return details().stream().map(line -> "\n  " + line).collect(Collectors.joining());
    }

    /** What is taken over, and the report of it. */
    record Matching(SequencedMap<String, Tensor> tensors, InitReport report) {

        /** Equal for equal tensors under equal names. */
        String fingerprint() {
            return Fingerprint.of(tensors);
        }
    }

    /**
     * Matches tensors by name and type.
     *
     * @param wanted of the program
     * @throws UserException if a rename fits nothing or makes two names one, or if something is left over on either side and the
     *     request does not allow that
     */
    static Matching match(InitFrom request, Initial initial, Map<String, TensorType> wanted) {
        SequencedMap<String, Tensor> theirs = renamed(request, initial.tensors());
        SequencedMap<String, Tensor> taken = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        List<String> mismatched = new ArrayList<>();
        wanted.forEach((name, type) -> {
            Tensor tensor = theirs.get(name);
            if (tensor == null) {
                missing.add(name);
            } else if (tensor.type().equals(type)) {
                taken.put(name, tensor);
            } else if (isNarrow(tensor.type()) && type.equals(tensor.type().withElement(ElementType.F32))) {
                taken.put(name, initial.widened(tensor));
            } else {
                mismatched.add(name + " must be " + type + ", got " + tensor.type());
            }
        });
        List<String> unexpected = theirs.keySet().stream()
                .filter(name -> !wanted.containsKey(name))
                .toList();
        InitReport report =
                new InitReport(request.model(), List.copyOf(taken.keySet()), missing, unexpected, mismatched);
        report.require(request.partial());
        return new Matching(taken, report);
    }

    private static boolean isNarrow(TensorType type) {
        return type.element() == ElementType.F16 || type.element() == ElementType.BF16;
    }

    private void require(boolean partial) {
        if (matched.isEmpty()) {
            throw new UserException(summary()
                    + "; nothing would be taken over. --rename FROM=TO gives its tensors other names:" + text());
        }
        if (!partial && !details().isEmpty()) {
            throw new UserException(summary()
                    + "; --rename FROM=TO gives its tensors other names, --partial starts with what matches:" + text());
        }
    }

    private static SequencedMap<String, Tensor> renamed(InitFrom request, Map<String, Tensor> tensors) {
        SequencedMap<String, Tensor> renamed = new LinkedHashMap<>();
        Set<Rename> unused = new LinkedHashSet<>(request.renames());
        tensors.forEach((name, tensor) -> {
            String now = name;
            for (Rename rename : request.renames()) {
                var other = rename.apply(name);
                if (other.isPresent()) {
                    unused.remove(rename);
                    now = other.get();
                    break;
                }
            }
            if (renamed.put(now, tensor) != null) {
                throw new UserException("--rename: two tensors of %s become %s, the second one is %s"
                        .formatted(request.model(), now, name));
            }
        });
        if (!unused.isEmpty()) {
            throw new UserException("--rename %s: fits no tensor of %s, which has%s"
                    .formatted(
                            unused.iterator().next(),
                            request.model(),
                            TensorNames.list(List.copyOf(tensors.keySet()))));
        }
        return renamed;
    }
}
