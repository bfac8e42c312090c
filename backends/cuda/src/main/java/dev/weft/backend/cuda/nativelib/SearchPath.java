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
        List<Path> prefixes = new ArrayList<>();
        prefixes.addAll(named("VIRTUAL_ENV"));
        prefixes.addAll(named("CONDA_PREFIX"));
        for (Path folder : named("PATH")) {
            if (Files.exists(folder.resolve("python3")) && folder.getParent() != null) {
                prefixes.add(folder.getParent());
            }
        }
        named("HOME").forEach(home -> prefixes.add(home.resolve(".local")));
        for (String prefix : List.of("usr/local", "usr", "opt/conda")) {
            prefixes.add(root.resolve(prefix));
        }
        for (Path prefix : prefixes) {
            for (Path python : children(prefix.resolve("lib"), name -> name.startsWith("python3"))) {
                packages.add(python.resolve("site-packages"));
                packages.add(python.resolve("dist-packages"));
            }
        }
        for (Path folder : packages) {
            WHEELS.forEach(wheel -> add(folder.resolve(wheel).resolve("lib")));
        }
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
