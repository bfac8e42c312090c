package dev.weft.models.names;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The lines of a {@code .names} file that are about tensors. */
record Rules(List<Line.Tensors> tensors, List<Line.Copy> copies, List<Line.Ignore> ignored, List<String> prefixes) {

    /** A {@code tensor} line with what its stars stand for. */
    record Instance(Line.Tensors line, List<String> parts) {
        List<String> theirs() {
            return line.theirs().fill(parts);
        }

        List<String> ours() {
            return line.ours().fill(parts);
        }
    }

    Rules {
        tensors = List.copyOf(tensors);
        copies = List.copyOf(copies);
        ignored = List.copyOf(ignored);
        prefixes = List.copyOf(prefixes);
    }

    Optional<Instance> ofTheirs(String name) {
        return find(name, Line.Tensors::theirs);
    }

    Optional<Instance> ofOurs(String name) {
        return find(name, Line.Tensors::ours);
    }

    private Optional<Instance> find(String name, Function<Line.Tensors, Side> side) {
        for (Line.Tensors line : tensors) {
            for (NamePattern pattern : side.apply(line).names()) {
                Optional<List<String>> parts = pattern.match(name);
                if (parts.isPresent()) {
                    return Optional.of(new Instance(line, parts.get()));
                }
            }
        }
        return Optional.empty();
    }

    boolean ignores(String name) {
        return ignored.stream().anyMatch(line -> line.name().match(name).isPresent());
    }

    /** The name of the tensor that {@code name} must be a copy of, if it is to be one. */
    Optional<String> originalOf(String name) {
        return copies.stream()
                .flatMap(line -> line.name().match(name).map(line.original()::fill).stream())
                .findFirst();
    }

    String withoutPrefix(String name) {
        return prefixes.stream()
                .filter(name::startsWith)
                .findFirst()
                .map(prefix -> name.substring(prefix.length()))
                .orElse(name);
    }
}
