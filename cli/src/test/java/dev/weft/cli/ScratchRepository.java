package dev.weft.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Maven repository with the artifacts of this build as somebody's own build sees them, beside links to all others of the user's
 * repository: nothing is downloaded, and nothing is written there.
 */
final class ScratchRepository {

    private static final List<String> MODULES = List.of(
            "graph",
            "autodiff",
            "dsl",
            "backends/spi",
            "backends/testkit",
            "backends/reference",
            "backends/cpu",
            "models");

    /** Of what Weft depends on when it runs. */
    private static final Pattern LIBRARIES =
            Pattern.compile(".*/(antlr4-runtime|jackson-|jtokkit|jspecify|org/bytedeco/).*");

    private final Path folder;
    private final List<Path> jars;

    private ScratchRepository(Path folder, List<Path> jars) {
        this.folder = folder;
        this.jars = List.copyOf(jars);
    }

    static ScratchRepository in(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("dev/weft"));
        Optional<Path> users = libraries()
                .map(Path::toString)
                .filter(jar -> jar.contains("/org/antlr/"))
                .map(jar -> Path.of(jar.substring(0, jar.indexOf("/org/antlr/"))))
                .findFirst();
        if (users.isPresent()) {
            link(users.get(), folder, "dev");
            if (Files.isDirectory(users.get().resolve("dev"))) {
                link(users.get().resolve("dev"), folder.resolve("dev"), "weft");
            }
        }
        Path root = Jars.project();
        install(folder, root.resolve("pom.xml"));
        List<Path> jars = new ArrayList<>();
        for (String module : MODULES) {
            Path jar = install(folder, root.resolve(module).resolve("pom.xml"));
            jars.add(Jars.pack(List.of(root.resolve(module).resolve("target/classes")), jar, List.of()));
        }
        return new ScratchRepository(folder, jars);
    }

    private static void link(Path from, Path to, String without) throws IOException {
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                if (!entry.getFileName().toString().equals(without)) {
                    Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
                }
            }
        }
    }

    /** Puts a POM in its place; where its jar belongs. */
    private static Path install(Path folder, Path pom) throws IOException {
        String text = Files.readString(pom);
        // A module's own name stands behind its parent.
        String own = text.contains("</parent>") ? text.substring(text.indexOf("</parent>")) : text;
        String artifact = first("<artifactId>(.*?)</artifactId>", own);
        String version = first("<version>(.*?)</version>", text);
        Path place = Files.createDirectories(
                folder.resolve("dev/weft").resolve(artifact).resolve(version));
        Files.copy(pom, place.resolve("%s-%s.pom".formatted(artifact, version)));
        return place.resolve("%s-%s.jar".formatted(artifact, version));
    }

    private static String first(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("there must be " + pattern + " in " + text);
        }
        return matcher.group(1);
    }

    /** Takes the links away, so that nobody deletes what they lead to. */
    void close() throws IOException {
        try (Stream<Path> entries = Files.walk(folder, 2)) {
            for (Path entry : entries.filter(Files::isSymbolicLink).toList()) {
                Files.delete(entry);
            }
        }
    }

    Path folder() {
        return folder;
    }

    /** Weft's jars but for the command line, and the libraries that it runs with. */
    String path() {
        return String.join(
                File.pathSeparator,
                Stream.concat(jars.stream(), libraries()).map(Path::toString).toList());
    }

    private static Stream<Path> libraries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry ->
                        entry.endsWith(".jar") && LIBRARIES.matcher(entry).matches())
                .map(Path::of);
    }
}
