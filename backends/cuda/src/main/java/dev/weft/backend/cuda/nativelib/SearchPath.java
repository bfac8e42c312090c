package dev.weft.backend.cuda.nativelib;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Folders in which NVIDIA's libraries may lie, the likeliest first: those that the environment names, toolkits, Python wheels, the system's.
 * A missing folder is left out, an unreadable one is as if it were missing.
 */
final class SearchPath {
    /** What wheels are called below {@code site-packages}: one for all of CUDA 13, or one for each library. */
    private static final List<String> WHEELS = List.of("nvidia/cu13", "nvidia/cuda_nvrtc", "nvidia/cublas");

    private static final int MOST_LINKS = 8;

    private final Map<String, String> environment;
    private final Path root;
    private final Set<Path> folders = new LinkedHashSet<>();

    private SearchPath(Map<String, String> environment, Path root) {
        this.environment = environment;
        this.root = root;
    }

    /** @param root of the file system, to which folders that the environment does not name are relative */
    static List<Path> folders(Map<String, String> environment, Path root) {
        SearchPath path = new SearchPath(environment, root);
        path.toolkits();
        path.wheels();
        path.system();
        return List.copyOf(path.folders);
    }

    private void toolkits() {
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            named(variable).forEach(this::toolkit);
        }
        named("LD_LIBRARY_PATH").forEach(this::add);
        List<Path> installed = new ArrayList<>(children(root.resolve("usr/local"), name -> name.startsWith("cuda")));
        installed.sort(Comparator.reverseOrder()); // the newest first
        installed.forEach(this::toolkit);
    }

    private void toolkit(Path toolkit) {
        add(toolkit.resolve("lib64"));
        add(toolkit.resolve("lib"));
        add(toolkit.resolve("targets/x86_64-linux/lib"));
    }

    private void wheels() {
        List<Path> packages = new ArrayList<>(named("PYTHONPATH"));
        for (Path prefix : prefixes()) {
            if (Files.exists(prefix.resolve("conda-meta"))) {
                toolkit(prefix); // whose packages of CUDA are no wheels
            }
            for (String lib : List.of("lib", "lib64")) {
                for (Path python : children(prefix.resolve(lib), name -> name.startsWith("python3"))) {
                    packages.add(python.resolve("site-packages"));
                    packages.add(python.resolve("dist-packages"));
                }
            }
        }
        for (Path folder : packages) {
            WHEELS.forEach(wheel -> add(folder.resolve(wheel).resolve("lib")));
        }
    }

    /** Folders in which Pythons may be installed: the chosen ones first, then those that lie where people and images put them. */
    private Set<Path> prefixes() {
        Set<Path> prefixes = new LinkedHashSet<>(named("VIRTUAL_ENV"));
        prefixes.addAll(named("CONDA_PREFIX"));
        named("PATH").forEach(folder -> prefixes.addAll(pythons(folder.resolve("python3"))));
        for (Path home : named("HOME")) {
            prefixes.add(home.resolve(".local"));
            prefixes.addAll(children(home.resolve(".pyenv/versions"), _ -> true));
        }
        for (String prefix : List.of("usr/local", "usr", "opt")) {
            prefixes.add(root.resolve(prefix));
        }
        for (Path folder : children(root.resolve("opt"), _ -> true)) {
            prefixes.addAll(List.of(folder, folder.resolve(".venv"), folder.resolve("venv")));
        }
        return prefixes;
    }

    /** What a Python belongs to, and what those do that it is a link to. */
    private static List<Path> pythons(Path python) {
        List<Path> prefixes = new ArrayList<>();
        Path at = python;
        for (int links = 0; links < MOST_LINKS && Files.exists(at); links++) {
            Path bin = at.getParent();
            if (bin != null && bin.getParent() != null) {
                prefixes.add(bin.getParent());
            }
            try {
                at = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
            } catch (IOException | UnsupportedOperationException none) {
                return prefixes;
            }
        }
        return prefixes;
    }

    /** Where the system's loader looks, and where containers and WSL have the driver. */
    private void system() {
        for (Path file : children(root.resolve("etc/ld.so.conf.d"), name -> name.endsWith(".conf"))) {
            try (Stream<String> lines = Files.lines(file)) {
                lines.map(String::strip).filter(line -> line.startsWith("/")).forEach(line -> add(path(line)));
            } catch (IOException | UncheckedIOException unreadable) {
                continue;
            }
        }
        for (String folder : List.of(
                "usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib", "usr/local/nvidia/lib64", "usr/lib/wsl/lib")) {
            add(root.resolve(folder));
        }
    }

    private void add(Path folder) {
        try {
            folders.add(folder.toRealPath()); // a toolkit has several names
        } catch (IOException missing) {
            return;
        }
    }

    /** The folders that a variable names, separated by colons. */
    private List<Path> named(String variable) {
        return Stream.of(environment.getOrDefault(variable, "").split(":"))
                .filter(name -> name.startsWith("/"))
                .map(this::path)
                .toList();
    }

    private Path path(String absolute) {
        try {
            return Path.of(absolute);
        } catch (InvalidPathException unusable) {
            return root.resolve("invalid");
        }
    }

    static List<Path> children(Path folder, Predicate<String> isWanted) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var entries =
                    Files.newDirectoryStream(folder, entry -> isWanted.test(String.valueOf(entry.getFileName())))) {
                entries.forEach(found::add);
            } catch (IOException | DirectoryIteratorException unreadable) {
                return List.of();
            }
        }
        found.sort(null);
        return found;
    }
}
