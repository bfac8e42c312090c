package dev.weft.models.tensorfile;

import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether named tensors are the ones that are wanted. */
public final class TensorNames {

    private static final int SHOWN = 8;

    private TensorNames() {}

    /**
     * Checks that {@code got} are exactly {@code wanted}, in any order.
     *
     * @param subject opens the error: where {@code got} came from
     * @throws UserException naming the tensors that are missing, that are too many, and that have another type
     */
    public static void require(String subject, Map<String, TensorType> got, Map<String, TensorType> wanted) {
        List<String> problems = new ArrayList<>();
        wanted.forEach((name, type) -> {
            TensorType other = got.get(name);
            if (other == null) {
                problems.add(name + " is missing, expected " + type);
            } else if (!other.equals(type)) {
                problems.add(name + " must be " + type + ", got " + other);
            }
        });
        got.forEach((name, type) -> {
            if (!wanted.containsKey(name)) {
                problems.add(name + " is not part of the program, got " + type);
            }
        });
        if (!problems.isEmpty()) {
            throw new UserException(subject + ": does not fit the program: " + list(problems));
        }
    }

    /** One a line, the first few of them. */
    public static String list(List<String> problems) {
        StringBuilder text = new StringBuilder();
        problems.stream().limit(SHOWN).forEach(problem -> text.append("\n  ").append(problem));
        if (problems.size() > SHOWN) {
            text.append("\n  and ").append(problems.size() - SHOWN).append(" more");
        }
        return text.toString();
    }
}
