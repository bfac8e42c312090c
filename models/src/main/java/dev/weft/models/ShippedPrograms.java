package dev.weft.models;

import dev.weft.dsl.SourceResolver;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Suggestions;
import dev.weft.graph.DefectException;
import dev.weft.graph.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where programs are found: a file first, then one of those that Weft ships. */
public final class ShippedPrograms {

    static final String SUFFIX = ".weft";

    private ShippedPrograms() {}

    /** Names of the shipped programs: {@code gpt}, {@code nn}, … */
    public static List<String> names() {
        return resource("index")
                .orElseThrow(() -> new DefectException("programs: the index is missing"))
                .lines()
                .toList();
    }

    /** The text of a shipped file: {@code gpt.weft}, {@code gpt.names}. */
    public static Optional<String> resource(String file) {
        try (InputStream in = ShippedPrograms.class.getResourceAsStream("programs/" + file)) {
            return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new DefectException("programs: " + file + " cannot be read", e);
        }
    }

    /** The shipped program of a name. */
    public static Optional<Source> shipped(String name) {
        return resource(name + SUFFIX).map(text -> new Source(name + SUFFIX, text));
    }

    /**
     * A program that a person names: a path, or the name of a shipped one.
     *
     * @throws UserException if there is neither
     */
    public static Source find(String nameOrFile) {
        Optional<Path> file = file(nameOrFile);
        if (file.isPresent()) {
            return read(file.get());
        }
        return shipped(nameOrFile)
                .orElseThrow(() -> new UserException("program %s: is no file, and no shipped program; shipped are %s%s"
                        .formatted(
                                nameOrFile,
                                String.join(", ", names()),
                                Suggestions.nearest(nameOrFile, candidates(Path.of(nameOrFile)))
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse(""))));
    }

    /** The file that a person names, with or without its suffix; empty if there is none. */
    static Optional<Path> file(String nameOrFile) {
        Path path = Path.of(nameOrFile);
        Path withSuffix = Path.of(nameOrFile + SUFFIX);
        if (Files.isRegularFile(path)) {
            return Optional.of(path);
        }
        return Files.isRegularFile(withSuffix) ? Optional.of(withSuffix) : Optional.empty();
    }

    /** The file that an import means; empty if there is none, and it is a shipped program if anything. */
    static Optional<Path> beside(@Nullable Path folder, String name) {
        return folder == null ? Optional.empty() : Optional.of(in(folder, name)).filter(Files::isRegularFile);
    }

    /** Where the file of an import lies, if there is one. */
    static Path in(Path folder, String name) {
        return folder.resolve(name + SUFFIX);
    }

    /** What could have been meant by a path that is no file: the shipped names, and the programs in the folder that it names. */
    private static List<String> candidates(Path path) {
        List<String> candidates = new ArrayList<>(names());
        Path folder = path.getParent() == null ? Path.of("") : path.getParent();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            files.forEach(file -> candidates.add(file.toString()));
        } catch (IOException e) {
            // No such folder, or one that is not ours to read: then it offers nothing.
            return candidates;
        }
        return candidates;
    }

    /** Imports of a file: from its own folder, then from the shipped ones. */
    public static SourceResolver resolver(@Nullable Path folder) {
        return new SourceResolver() {
            @Override
            public Optional<Source> resolve(String name) {
                Optional<Path> file = beside(folder, name);
                return file.isPresent() ? file.map(ShippedPrograms::read) : shipped(name);
            }

            @Override
            public List<String> known() {
                return names();
            }
        };
    }

    /** The text of {@code program.names}: from the program's own folder, else the shipped one. */
    static Optional<String> names(@Nullable Path folder, String program) {
        Path beside = folder == null ? null : folder.resolve(program + ".names");
        return beside != null && Files.isRegularFile(beside)
                ? Optional.of(read(beside).text())
                : resource(program + ".names");
    }

    static Source read(Path path) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
            return new Source(
                    path.toString(),
                    StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException e) {
            throw new UserException(path + ": must be UTF-8 text", e);
        } catch (IOException e) {
            throw new UserException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
