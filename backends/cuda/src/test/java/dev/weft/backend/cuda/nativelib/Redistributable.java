package dev.weft.backend.cuda.nativelib;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;

/** NVRTC from the class path, for machines on which no toolkit is installed; unpacked once for each version. */
public final class Redistributable {
    private static final String FOLDER = "org/bytedeco/cuda/linux-x86_64/";

    private Redistributable() {}

    public static Libraries libraries() {
        try {
            Path compiler = unpacked("libnvrtc.so.13");
            unpacked("libnvrtc-builtins.so.13.1");
            return Libraries.in(List.of(compiler.getParent()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path unpacked(String file) throws IOException {
        URL url = Objects.requireNonNull(Redistributable.class.getClassLoader().getResource(FOLDER + file), file);
        JarURLConnection connection = (JarURLConnection) url.openConnection();
        connection.setUseCaches(false);
        try (InputStream content = connection.getInputStream()) {
            long size = connection.getContentLengthLong();
            Path jar = Path.of(connection.getJarFile().getName());
            Path folder = Path.of(
                    System.getProperty("java.io.tmpdir"),
                    "weft-test-" + System.getProperty("user.name"),
                    jar.getFileName().toString().replace(".jar", ""));
            Path target = folder.resolve(file);
            if (!Files.isRegularFile(target) || Files.size(target) != size) {
                Files.createDirectories(folder);
                Path whole = Files.createTempFile(folder, file, ".part");
                Files.copy(content, whole, StandardCopyOption.REPLACE_EXISTING);
                Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            return target;
        }
    }
}
