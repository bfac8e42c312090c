package dev.weft.backend.spi;

import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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
     * What was given, in the entry's order.
     *
     * @throws UserException if a name is unknown or missing, or a segment has not the size of its type
     */
    public List<MemorySegment> inOrder(Map<String, MemorySegment> given) {
        for (String name : given.keySet()) {
            if (!names.contains(name)) {
                throw new UserException("entry %s: has no input %s; it takes %s".formatted(entry, name, names));
            }
        }
        return IntStream.range(0, names.size()).mapToObj(i -> checked(i, given)).toList();
    }

    private MemorySegment checked(int i, Map<String, MemorySegment> given) {
        String name = names.get(i);
        MemorySegment segment = given.get(name);
        if (segment == null) {
            throw new UserException("entry %s: input %s (%s) must be given".formatted(entry, name, types.get(i)));
        }
        requireSize("entry %s: input %s".formatted(entry, name), types.get(i), segment);
        return segment;
    }

    /**
     * Checks a segment that stands for a tensor.
     *
     * @param subject of the message
     * @throws UserException if it has not the size of the type
     */
    public static void requireSize(String subject, TensorType type, MemorySegment segment) {
        if (segment.byteSize() != type.bytes()) {
            throw new UserException(
                    "%s (%s) must have %d bytes, got %d".formatted(subject, type, type.bytes(), segment.byteSize()));
        }
    }
}
