package dev.weft.models.names;

import dev.weft.graph.UserException;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.TensorNames;
import java.lang.foreign.Arena;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * How foreign tensors become those of a program.
 *
 * @param subject the file that they are from, for messages
 * @param origin the file of names, for messages
 * @param conversions what gives the program's tensors
 * @param copies names of theirs that equal others of theirs, which the program uses in their place
 * @param ignored names of theirs that are known and not needed
 * @param problems each tensor of either side that has no counterpart, or one of another type; empty if all fits
 */
public record ImportPlan(
        String subject,
        String origin,
        List<Conversion> conversions,
        List<String> copies,
        List<String> ignored,
        List<String> problems) {

    public ImportPlan {
        conversions = List.copyOf(conversions);
        copies = List.copyOf(copies);
        ignored = List.copyOf(ignored);
        problems = List.copyOf(problems);
    }

    /**
     * Checks that all fits.
     *
     * @throws UserException naming the first few of the tensors that do not
     */
    public void requireFits() {
        if (!problems.isEmpty()) {
            throw new UserException(says() + TensorNames.list(problems));
        }
    }

    /** As {@link #requireFits}, but the error names every one. */
    public void requireFitsNamingAll() {
        if (!problems.isEmpty()) {
            throw new UserException(says() + "\n  " + String.join("\n  ", problems));
        }
    }

    private String says() {
        return subject + ": does not fit the program as " + origin + " names its tensors: ";
    }

    /** All tensors of the program, in the order of {@code names}. */
    SequencedMap<String, Tensor> tensors(Collection<String> names, Arena arena) {
        SequencedMap<String, Tensor> found = new LinkedHashMap<>();
        conversions.forEach(conversion -> found.putAll(conversion.tensors(arena)));
        SequencedMap<String, Tensor> ordered = new LinkedHashMap<>();
        names.forEach(name -> ordered.put(name, found.get(name)));
        return ordered;
    }
}
