package dev.weft.backend.spi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.CodeSource;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells one build of Weft from another, so that what a build kept is not taken for what the next one would make: the size and time of
 * each jar, and of each file where classes lie in folders.
 */
public final class CodeVersion {

    private CodeVersion() {}

    /** The builds that some classes are of; equal only for the same builds. */
    public static String of(Class<?>... parts) {
        return Stream.of(parts).map(CodeVersion::of).collect(Collectors.joining(";"));
    }

    private static String of(Class<?> part) {
        CodeSource source = part.getProtectionDomain().getCodeSource();
        try {
            URI place = source == null || source.getLocation() == null
                    ? URI.create("jrt:/")
                    : source.getLocation().toURI();
            // In a runtime image, all modules are one file.
            Path path = place.getScheme().equals("file")
                    ? Path.of(place)
                    : Path.of(System.getProperty("java.home"), "lib", "modules");
            return Files.isDirectory(path) ? ofFolder(path) : stamp(path);
        } catch (IOException | UncheckedIOException | URISyntaxException unknown) {
            // Then nothing that was kept before fits.
            return "unknown " + System.nanoTime();
        }
    }

    private static String ofFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            long sum = 0;
            for (Path file : files.sorted().toList()) {
                sum = sum * 31 + (folder.relativize(file) + stamp(file)).hashCode();
            }
            return folder + " " + Long.toHexString(sum);
        }
    }

    private static String stamp(Path file) throws IOException {
        BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
        // The times of folders change with files that come and go in them.
        return is.isDirectory()
                ? ""
                : file.getFileName() + " " + is.size() + " "
                        + is.lastModifiedTime().toMillis();
    }
}
