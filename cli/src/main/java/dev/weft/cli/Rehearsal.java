package dev.weft.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Compiles a small program, keeps it and finds it again, trains a small model and lets it write, and says nothing: what the JVM learns
 * while it does so is what {@code ./weft} starts with later.
 */
final class Rehearsal {
    private static final List<String> COMMAND = List.of(
            "compile", "gpt", "--entry", "step", "--dim", "B=2,T=16", "--set", "layers=2,width=32,vocab=64,context=16");

    private static final String CLASS = ".class";

    private Rehearsal() {}

    /** @param ignored nothing */
    public static void main(String[] ignored) throws IOException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Terminal terminal = Terminal.plain(nowhere, nowhere, Path.of(""));
        List<String> cold = new ArrayList<>(COMMAND);
        cold.add("--no-cache");
        Main.run(cold, terminal);
        Main.run(COMMAND, terminal);
        Main.run(COMMAND, terminal);
        // Where there is a GPU; elsewhere that ends soon, nobody is told, and what it would have met is only loaded.
        List<String> onGpu = new ArrayList<>(COMMAND);
        onGpu.addAll(List.of("--backend", "cuda"));
        Main.run(onGpu, terminal);
        Main.run(onGpu, terminal);
        loadClasses("weft-backend-cuda");
        Path folder = Files.createTempDirectory("weft-rehearsal");
        try {
            trainAndGenerate(folder, terminal);
        } finally {
            delete(folder);
        }
        // As a person does, until the process ends.
        List<String> last = new ArrayList<>(COMMAND);
        last.add("--json");
        Main.main(last.toArray(String[]::new));
    }

    /** Loads, and does not begin, all classes of the jar whose name begins so. */
    private static void loadClasses(String jar) throws IOException {
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!new File(path).getName().startsWith(jar)) {
                continue;
            }
            try (JarFile file = new JarFile(path)) {
                file.stream()
                        .map(JarEntry::getName)
                        .filter(name -> name.endsWith(CLASS) && !name.startsWith("module-info"))
                        .forEach(name -> load(name.substring(0, name.length() - CLASS.length())
                                .replace('/', '.')));
            }
        }
    }

    private static void load(String name) {
        try {
            Class.forName(name, false, Rehearsal.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError absent) {
            // Then a command that needs it loads it later, or says what is missing.
        }
    }

    private static void trainAndGenerate(Path folder, Terminal terminal) throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "the quick brown fox jumps over it\n".repeat(100));
        String run = folder.resolve("run").toString();
        Main.run(
                List.of(
                        "train",
                        "gpt",
                        "--tokenizer",
                        "char",
                        "--data",
                        text.toString(),
                        "--steps",
                        "2",
                        "--batch",
                        "2",
                        "--out",
                        run,
                        "--set",
                        "layers=1,heads=2,width=16,context=16"),
                terminal);
        List<String> generate = List.of("generate", run, "--prompt", "the", "--max-tokens", "2");
        Main.run(generate, terminal);
        Main.run(generate, terminal);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }
}
