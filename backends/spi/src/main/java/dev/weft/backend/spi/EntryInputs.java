package dev.weft.backend.spi;

import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The inputs of an entry: names and types, in order. For backends to check what they are given. */
public record EntryInputs(String entry, List<String> names, List<TensorType> types) {

    public EntryInputs {
        names = List.copyOf(names);
        types = List.copyOf(types);
    }

    public static EntryInputs of(Program program, Entry entry) {
        var parameters = program.body(entry).parameters();
        int stored = entry.reads().size();
        return new EntryInputs(
                entry.name(),
                entry.inputs(),
                IntStream.range(0, entry.inputs().size())
                        .mapToObj(i -> parameters.get(stored + i).type())
                        .toList());
    }

    /**
     * Checks that all inputs are given and nothing else. Where nothing is wrong this allocates nothing: it is done before every step.
     *
     * @throws UserException if a name is unknown or missing, or a segment has not the size of its type
     */
    public void require(Map<String, MemorySegment> given) {
        for (int i = 0; i < names.size(); i++) {
            MemorySegment segment = given.get(names.get(i));
            if (segment == null || segment.byteSize() != types.get(i).bytes()) {
                throw wrong(i, segment, given);
            }
        }
        if (given.size() != names.size()) {
            throw unknown(given);
        }
    }

    private UserException wrong(int i, @Nullable MemorySegment segment, Map<String, MemorySegment> given) {
        if (!names.containsAll(given.keySet())) {
            return unknown(given);
        }
        return segment == null
                ? new UserException(
                        "entry %s: input %s (%s) must be given".formatted(entry, names.get(i), types.get(i)))
                : wrongSize("entry %s: input %s".formatted(entry, names.get(i)), types.get(i), segment);
    }

    private UserException unknown(Map<String, MemorySegment> given) {
        String name = given.keySet().stream()
                .filter(each -> !names.contains(each))
                .findFirst()
                .orElseThrow();
        return new UserException("entry %s: has no input %s; it takes %s".formatted(entry, name, names));
    }

    /**
     * Checks a segment that stands for a tensor.
     *
     * @param subject of the message
     * @throws UserException if it has not the size of the type
     */
    public static void requireSize(String subject, TensorType type, MemorySegment segment) {
        if (segment.byteSize() != type.bytes()) {
            throw wrongSize(subject, type, segment);
        }
    }

    /**
     * Checks a segment that stands for some elements of a tensor, which follow each other in row-major order.
     *
     * @param subject of the message
     * @param first the element at which they begin
     * @return where they begin, in bytes
     * @throws UserException if it does not hold whole elements, or they are not all elements of the tensor
     */
    public static long requirePart(String subject, TensorType type, long first, MemorySegment segment) {
        int size = type.element().bytes();
        long count = segment.byteSize() / size;
        long elements = type.bytes() / size;
        if (segment.byteSize() % size != 0 || first < 0 || first > elements || count > elements - first) {
            throw new UserException("%s: must be whole elements of %s, which has %d, got %d bytes from element %d on"
                    .formatted(subject, type, elements, segment.byteSize(), first));
        }
        return first * size;
    }

    private static UserException wrongSize(String subject, TensorType type, MemorySegment segment) {
        return new UserException(
                "%s (%s) must have %d bytes, got %d".formatted(subject, type, type.bytes(), segment.byteSize()));
    }
}
