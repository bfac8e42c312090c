package dev.weft.dsl;

import dev.weft.dsl.ast.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The programs that Weft ships, read from where they are kept. */
public final class Shipped implements SourceResolver {
    private static final Path PROGRAMS = Path.of("../models/src/main/resources/dev/weft/models/programs");

    @Override
    public Optional<Source> resolve(String name) {
        Path file = PROGRAMS.resolve(name + ".weft");
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    @Override
    public List<String> known() {
        return names();
    }

    public static List<String> names() {
        try (var files = Files.list(PROGRAMS)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".weft"))
                    .map(name -> name.substring(0, name.length() - ".weft".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Source source(String name) {
        return read(PROGRAMS.resolve(name + ".weft"));
    }

    private static Source read(Path file) {
        try {
            return new Source(file.getFileName().toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
