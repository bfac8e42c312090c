package dev.weft.architecture;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** A copy of the sources of Weft's modules, to be changed, compiled offline and run in a process of its own. */
final class SourceCopy {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** In an order in which each sees only those before it. */
    static final List<String> MODULES = List.of(
            "graph",
            "autodiff",
            "dsl",
            "backends/spi",
            "backends/testkit",
            "backends/reference",
            "backends/cpu",
            "models",
            "cli");

    private final Path folder;
    private final List<Path> changed = new ArrayList<>();

    SourceCopy(Path folder) throws IOException {
        this.folder = folder;
        for (String module : MODULES) {
            copy(module, "src/main/java");
            copy(module, "target/generated-sources/antlr4");
        }
    }

    private void copy(String module, String part) throws IOException {
        Path from = ROOT.resolve(module).resolve(part);
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(SourceCopy::isSource).toList()) {
                Path to = folder.resolve(module).resolve(part).resolve(from.relativize(file));
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
    }

    private static boolean isSource(Path file) {
        return file.toString().endsWith(".java") && !file.endsWith("module-info.java");
    }

    /** Takes a test of a module along. */
    void addTest(String module, String type) throws IOException {
        String name = type.replace('.', '/') + ".java";
        Path to = folder.resolve(module).resolve("src/test/java").resolve(name);
        Files.createDirectories(to.getParent());
        Files.copy(ROOT.resolve(module).resolve("src/test/java").resolve(name), to);
    }

    /** Writes a file that is not there. */
    void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text, StandardOpenOption.CREATE_NEW);
        changed.add(Path.of(file));
    }

    /** Puts {@code after} in the place of {@code before}, which the file must have once. */
    void edit(String file, String before, String after) throws IOException {
        String text = Files.readString(folder.resolve(file));
        if (text.split(Pattern.quote(before), -1).length != 2) {
            throw new AssertionError(file + ": must have once " + before);
        }
        Files.writeString(folder.resolve(file), text.replace(before, after));
        changed.add(Path.of(file));
    }

    /** Files that were written or edited. */
    List<Path> changed() {
        return changed.stream().distinct().toList();
    }

    /** What the compiler says about the sources of these modules; classes go to {@link #classes}. */
    String compile(List<String> modules) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : modules) {
            try (Stream<Path> files = Files.walk(folder.resolve(module))) {
                files.filter(SourceCopy::isSource).forEach(sources::add);
            }
        }
        Path list = Files.write(
                folder.resolve("sources"),
                sources.stream().map(source -> "\"" + source + "\"").toList());
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        int code = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(out, out, "-proc:none", "-nowarn", "-d", classes().toString(), "-cp", libraries(), "@" + list);
        return code == 0 ? "" : said.toString();
    }

    private Path classes() {
        return folder.resolve("classes");
    }

    /** What other people wrote: the class path without Weft. */
    private static String libraries() {
        return String.join(
                File.pathSeparator,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !Path.of(entry).startsWith(ROOT))
                        .toList());
    }

    /** The copy's classes, the resources of the modules, and what other people wrote. */
    String classPath() {
        List<String> entries = new ArrayList<>(List.of(classes().toString()));
        for (String module : MODULES) {
            entries.add(ROOT.resolve(module).resolve("src/main/resources").toString());
        }
        entries.add(libraries());
        return String.join(File.pathSeparator, entries);
    }

    /** Runs a class of the copy. Its output is what it says on both streams. */
    Path run(String main, String... arguments) throws IOException, InterruptedException {
        // Tests look for the project's files from the folder of a module.
        return run(ROOT.resolve("cli"), "-Dweft.accept=false", main, arguments);
    }

    /** Runs a test class of a module of the copy that writes a page, and writes it into the copy. */
    void accept(String module, String type) throws IOException, InterruptedException {
        run(folder.resolve(module), "-Dweft.accept=true", SelectedTests.class.getName(), type);
    }

    String read(String file) throws IOException {
        return Files.readString(folder.resolve(file));
    }

    private Path run(Path from, String option, String main, String... arguments)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                option,
                "-cp",
                classPath(),
                main));
        command.addAll(List.of(arguments));
        int code = new ProcessBuilder(command)
                .directory(from.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        if (code != 0) {
            throw new AssertionError(main + " ended with " + code + ":\n" + Files.readString(output));
        }
        return output;
    }
}
