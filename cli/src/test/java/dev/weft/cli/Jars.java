package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** Compiles sources against what this test sees, and packs folders. */
final class Jars {

    private Jars() {}

    /** The root of the project. */
    static Path project() {
        return Path.of("").toAbsolutePath().getParent();
    }

    /**
     * Compiles a folder {@code src/main} and packs it.
     *
     * @param edit changes each Java source before it is compiled
     */
    static Path ofSources(Path main, Path scratch, Path jar, UnaryOperator<String> edit) throws IOException {
        Path sources = Files.createDirectories(scratch.resolve("sources"));
        Path classes = Files.createDirectories(scratch.resolve("classes"));
        List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "--release", "25", "-proc:none"));
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
        for (Path source : files(main.resolve("java"))) {
            Path copy = sources.resolve(main.resolve("java").relativize(source));
            Files.createDirectories(copy.getParent());
            Files.writeString(copy, edit.apply(Files.readString(source)));
            arguments.add(copy.toString());
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream printer = new PrintStream(said, true, StandardCharsets.UTF_8);
        int code =
                ToolProvider.findFirst("javac").orElseThrow().run(printer, printer, arguments.toArray(String[]::new));
        assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
        List<Path> folders = new ArrayList<>(List.of(classes));
        if (Files.isDirectory(main.resolve("resources"))) {
            folders.add(main.resolve("resources"));
        }
        return pack(folders, jar, List.of());
    }

    /** Packs folders, but for files whose names end in one of {@code without}. */
    static Path pack(List<Path> folders, Path jar, List<String> without) throws IOException {
        Files.createDirectories(jar.getParent());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Path folder : folders) {
                for (Path file : files(folder)) {
                    String name = folder.relativize(file).toString();
                    if (without.stream().noneMatch(name::endsWith)) {
                        out.putNextEntry(new JarEntry(name));
                        Files.copy(file, out);
                        out.closeEntry();
                    }
                }
            }
        }
        return jar;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
