package dev.weft.backend.cpu.nativelib;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** A resource as a file of its own, which the dynamic linker needs. */
final class Unpacked {

    private Unpacked() {}

    /**
     * The file below {@code cache} that holds what {@code resource} holds. Its folder is named after the content's checksum, so
     * that versions lie side by side; it appears whole or not at all, whoever else unpacks at the same time.
     */
    static Path file(URL resource, Path cache) throws IOException {
        URLConnection connection = resource.openConnection();
        connection.setUseCaches(false);
        long size = connection.getContentLengthLong();
        String path = resource.getPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        try (InputStream content = connection.getInputStream()) {
            Path folder = cache.resolve("natives").resolve(key(connection, size));
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file) && Files.size(file) == size) {
                return file;
            }
            Files.createDirectories(folder);
            Path whole = Files.createTempFile(folder, name, ".part");
            try {
                Files.copy(content, whole, StandardCopyOption.REPLACE_EXISTING);
                if (Files.size(whole) != size) {
                    throw new IOException(
                            name + " must have " + size + " bytes, " + Files.size(whole) + " were unpacked");
                }
                Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(whole);
            }
            return file;
        }
    }

    /** The content's checksum and size. */
    static String identity(URL resource) throws IOException {
        URLConnection connection = resource.openConnection();
        connection.setUseCaches(false);
        InputStream content = connection.getInputStream();
        try {
            return key(connection, connection.getContentLengthLong());
        } finally {
            content.close();
        }
    }

    private static String key(URLConnection connection, long size) throws IOException {
        long checksum =
                connection instanceof JarURLConnection jar ? jar.getJarEntry().getCrc() : connection.getLastModified();
        return String.format(Locale.ROOT, "%08x-%d", checksum, size);
    }
}
