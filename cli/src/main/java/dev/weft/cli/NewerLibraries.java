package dev.weft.cli;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Copies of jars whose classes the JVM's archive takes wholly. It takes none that were compiled for a Java before 6, which say nothing about
 * the types on their stack: a command would read and prove those of its option parser anew each time it starts. Of Weft's own it takes all
 * but what {@link PlainClasses} writes out.
 */
final class NewerLibraries {

    /** From this version on, classes say what types are on their stack. */
    private static final int STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private NewerLibraries() {}

    /** What rewrites a class of this name, or leaves it as it is. */
    private interface Change {
        byte[] apply(String name, byte[] bytes);
    }

    /**
     * Writes a class path with copies in place of those jars that need one, as the file {@code class-path} beside the copies.
     *
     * @param arguments a folder with Weft's own jars, for copies, and the class path
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path own = Files.createDirectories(folder.resolve("plain"));
        List<String> path = new ArrayList<>();
        for (String name : arguments[1].split(":")) {
            Path jar = Path.of(name);
            Path copy = folder.equals(jar.getParent()) ? plainCopy(jar, own) : copy(jar, folder);
            path.add(copy == null ? name : copy.toString());
        }
        Files.writeString(folder.resolve("class-path"), String.join(":", path) + "\n");
    }

    /** The copy of a jar in another folder, with what {@link PlainClasses} writes out; what its classes refer to must be on the class path. */
    static Path plainCopy(Path jar, Path folder) throws IOException {
        ClassHierarchyResolver types = ClassHierarchyResolver.ofResourceParsing(ClassLoader.getSystemClassLoader())
                .orElse(ClassHierarchyResolver.defaultResolver())
                .cached();
        return write(
                files(jar),
                folder.resolve(jar.getFileName()),
                (name, bytes) -> name.endsWith(".class") ? PlainClasses.of(bytes, types) : bytes);
    }

    /** The copy of a jar in a folder; null if the jar can be used as it is. */
    static @Nullable Path copy(Path jar, Path folder) throws IOException {
        Map<String, byte[]> files = files(jar);
        boolean isOld = files.entrySet().stream().anyMatch(file -> isOld(file.getKey(), file.getValue()));
        if (!isOld) {
            return null;
        }
        ClassFile classes = ClassFile.of(
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(type -> {
                            byte[] bytes = files.get(resource(type.descriptorString()));
                            return bytes == null ? null : new ByteArrayInputStream(bytes);
                        })
                        .orElse(ClassHierarchyResolver.defaultResolver())));
        return write(
                files,
                folder.resolve(jar.getFileName()),
                (name, bytes) -> isOld(name, bytes) ? newer(classes, bytes) : bytes);
    }

    private static Path write(Map<String, byte[]> files, Path copy, Change change) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(copy)))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(change.apply(file.getKey(), file.getValue()));
                out.closeEntry();
            }
        }
        return copy;
    }

    /** In the order of the jar: its manifest comes first. */
    private static Map<String, byte[]> files(Path jar) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (InputStream content = Files.newInputStream(jar);
                ZipInputStream in = new ZipInputStream(content)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.isDirectory()) {
                    files.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return files;
    }

    private static String resource(String descriptor) {
        return descriptor.substring(1, descriptor.length() - 1) + ".class";
    }

    /** Six bytes into a class, after its magic number and its minor version, is its version. */
    private static boolean isOld(String name, byte[] bytes) {
        return name.endsWith(".class") && bytes.length > 7 && ((bytes[6] & 0xff) << 8 | bytes[7] & 0xff) < STACK_MAPS;
    }

    private static byte[] newer(ClassFile classes, byte[] bytes) {
        ClassModel old = classes.parse(bytes);
        return classes.transformClass(
                old,
                ClassTransform.endHandler(builder -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0))
                        .andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
    }
}
