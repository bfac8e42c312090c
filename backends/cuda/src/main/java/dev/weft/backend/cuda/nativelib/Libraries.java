package dev.weft.backend.cuda.nativelib;

import dev.weft.graph.MachineException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where NVIDIA's libraries are on a machine. What was opened stays open until the process ends. */
@SuppressWarnings("restricted") // native access is what this package is for
public final class Libraries {

    /** A library, by the beginning of its file's name; what follows is its version. */
    enum Library {
        DRIVER("libcuda.so.", "NVIDIA's driver"),
        NVRTC("libnvrtc.so.", "NVIDIA's run-time compiler"),
        NVRTC_BUILTINS("libnvrtc-builtins.so.", "a part of NVIDIA's run-time compiler"),
        CUBLAS_LT("libcublasLt.so.", "NVIDIA's matrix products");

        private final String prefix;
        private final String meaning;

        Library(String prefix, String meaning) {
            this.prefix = prefix;
            this.meaning = meaning;
        }
    }

    /** Oldest version of NVRTC and cuBLASLt that knows every architecture and every attribute that is used. */
    private static final int OLDEST = 13;

    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
    private static final String DRIVER_FILE = "libcuda.so.1";

    private final List<Path> folders;
    private final boolean loader;

    private Libraries(List<Path> folders, boolean loader) {
        this.folders = List.copyOf(folders);
        this.loader = loader;
    }

    /** What is installed here: a toolkit, Python wheels, the system's libraries. */
    public static Libraries installed() {
        return new Libraries(SearchPath.folders(System.getenv(), Path.of("/")), true);
    }

    /** What is installed below {@code root}, in an environment. */
    static Libraries installed(Map<String, String> environment, Path root) {
        return new Libraries(SearchPath.folders(environment, root), false);
    }

    /** What lies in these folders and nowhere else. */
    public static Libraries in(List<Path> folders) {
        return new Libraries(folders, false);
    }

    /** The newest file of a library in the first folder that has one. Loads nothing. */
    Optional<Path> find(Library library) {
        return folders.stream()
                .flatMap(folder -> newest(folder, library).stream())
                .findFirst();
    }

    private static Optional<Path> newest(Path folder, Library library) {
        return files(folder, library).stream()
                .filter(file -> version(file, library) >= (library == Library.DRIVER ? 1 : OLDEST))
                .filter(Files::isReadable)
                .max(Comparator.comparingInt((Path file) -> version(file, library))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static List<Path> files(Path folder, Library library) {
        return SearchPath.children(folder, name -> name.startsWith(library.prefix));
    }

    private static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** The number after the prefix; 0 where there is none. */
    private static int version(Path file, Library library) {
        String digits = fileName(file).substring(library.prefix.length()).split("\\.", -1)[0];
        return digits.matches("\\d{1,4}") ? Integer.parseInt(digits) : 0;
    }

    /** The driver as the loader knows it, or as it lies in one of the folders. */
    SymbolLookup openDriver() {
        if (loader) {
            Optional<SymbolLookup> known = load(DRIVER_FILE);
            if (known.isPresent()) {
                return known.get();
            }
        }
        List<Path> files = folders.stream()
                .map(folder -> folder.resolve(DRIVER_FILE))
                .filter(Files::exists)
                .toList();
        for (Path file : files) {
            Optional<SymbolLookup> opened = isElf(file) ? load(file.toString()) : Optional.empty();
            if (opened.isPresent()) {
                return opened.get();
            }
        }
        if (files.isEmpty()) {
            throw new MachineException(
                    "cuda backend: it needs NVIDIA's driver, but there is no " + DRIVER_FILE + places());
        }
        throw new MachineException("cuda backend: it needs NVIDIA's driver, but " + files.getFirst()
                + " cannot be loaded; install the driver again");
    }

    /** NVRTC, with its built-in functions from the same folder, without which every compilation fails. */
    SymbolLookup openNvrtc() {
        Path compiler = require(Library.NVRTC);
        Path builtins = newest(compiler.getParent(), Library.NVRTC_BUILTINS)
                .orElseThrow(() -> new MachineException("cuda backend: " + compiler
                        + " cannot compile without libnvrtc-builtins, which must lie beside it, but does not"));
        open(builtins);
        return open(compiler);
    }

    /** Which NVRTC is here, by its files alone: their version and size. Loads nothing. */
    String nvrtcVersion() {
        String ahead = System.getProperty("weft.cuda.compiler", "");
        if (!ahead.isEmpty()) {
            return ahead;
        }
        return find(Library.NVRTC)
                .map(file -> {
                    String builtins = newest(file.getParent(), Library.NVRTC_BUILTINS)
                            .map(Libraries::fileName)
                            .orElse("");
                    return builtins + " " + file.toFile().length();
                })
                .orElse("no NVRTC");
    }

    SymbolLookup openCublasLt() {
        return open(require(Library.CUBLAS_LT));
    }

    /** What of NVRTC and cuBLASLt is not here, as a sentence. Loads nothing. */
    Optional<String> whyNot() {
        for (Library library : List.of(Library.NVRTC, Library.CUBLAS_LT)) {
            if (find(library).isEmpty()) {
                return Optional.of(absent(library));
            }
        }
        return Optional.empty();
    }

    /** The files of NVRTC and cuBLASLt that are used, as the end of a sentence. Loads nothing. */
    String whatIsUsed() {
        return Stream.of(Library.NVRTC, Library.CUBLAS_LT)
                .flatMap(library -> find(library).stream())
                .map(file -> ", " + file)
                .collect(Collectors.joining());
    }

    private Path require(Library library) {
        return find(library).orElseThrow(() -> new MachineException(absent(library)));
    }

    private String absent(Library library) {
        String older = folders.stream()
                .flatMap(folder -> files(folder, library).stream())
                .findFirst()
                .map(file -> ", only " + file)
                .orElse("");
        return "cuda backend: it needs " + library.meaning + ", but there is no " + library.prefix + OLDEST
                + " or later" + older + "; install CUDA " + OLDEST
                + " or Python's packages nvidia-cuda-nvrtc and nvidia-cublas, or name the toolkit's folder in CUDA_HOME; looked"
                + places();
    }

    private String places() {
        return folders.isEmpty()
                ? " in any folder"
                : folders.stream().map(Path::toString).collect(Collectors.joining(", ", " in ", ""));
    }

    private static SymbolLookup open(Path file) {
        return load(file.toString())
                .orElseThrow(() -> new MachineException("cuda backend: " + file
                        + " cannot be loaded: it must be a library for this processor and system"));
    }

    /** Whether it can be a library at all; the virtual machine warns of its stack when it is told to load something else. */
    private static boolean isElf(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            return Arrays.equals(content.readNBytes(ELF.length), ELF);
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static Optional<SymbolLookup> load(String name) {
        try {
            return Optional.of(
                    name.startsWith("/")
                            ? SymbolLookup.libraryLookup(Path.of(name), Arena.global())
                            : SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException unusable) {
            return Optional.empty();
        }
    }
}
