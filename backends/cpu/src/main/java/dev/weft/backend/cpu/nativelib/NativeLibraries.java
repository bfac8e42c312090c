package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.MachineException;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.net.URL;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/** Finds out whether this machine can load the native libraries, unpacks them and opens them. */
@SuppressWarnings("restricted") // native access is what this package is for
public final class NativeLibraries {
    private static final int NEEDED_GLIBC_MINOR = 34;

    private NativeLibraries() {}

    /** Why the native libraries cannot be used on this machine, as a sentence; empty where they can. Loads none of them. */
    public static Optional<String> whyNot() {
        String platform = platform();
        if (!platform.startsWith("linux-")) {
            return Optional.of("cpu backend: there are native libraries for Linux only, this machine is " + platform);
        }
        Optional<MemorySegment> version = Linker.nativeLinker().defaultLookup().find("gnu_get_libc_version");
        if (version.isEmpty()) {
            return Optional.of("cpu backend: the native libraries need glibc 2." + NEEDED_GLIBC_MINOR
                    + " or newer, this system has another C library (musl?)");
        }
        String found = glibcVersion(version.get());
        if (!glibcSuffices(found)) {
            return Optional.of("cpu backend: the native libraries need glibc 2." + NEEDED_GLIBC_MINOR
                    + " or newer, this system has " + found);
        }
        return missingSystemLibrary().or(() -> missingResource(platform));
    }

    /** The platform as the artifacts name it, such as {@code linux-x86_64}. */
    static String platform() {
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String machine =
                switch (arch) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm64";
                    default -> arch;
                };
        return (os.contains("linux") ? "linux" : os.replace(' ', '-')) + "-" + machine;
    }

    /** Whether a version such as {@code 2.36} is new enough. */
    static boolean glibcSuffices(String version) {
        String[] parts = version.split("[^0-9]+");
        if (parts.length < 2) {
            return false;
        }
        int major = Integer.parseInt(parts[0]);
        return major > 2 || (major == 2 && Integer.parseInt(parts[1]) >= NEEDED_GLIBC_MINOR);
    }

    private static String glibcVersion(MemorySegment function) {
        try {
            MemorySegment text = (MemorySegment) Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(ValueLayout.ADDRESS))
                    .invokeExact();
            return text.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected("gnu_get_libc_version", failure);
        }
    }

    private static Optional<String> missingSystemLibrary() {
        try (Arena arena = Arena.ofConfined()) {
            try {
                SymbolLookup.libraryLookup("libz.so.1", arena);
            } catch (IllegalArgumentException missing) {
                return Optional.of("cpu backend: LLVM needs libz.so.1, which this system does not have; install zlib");
            }
            try {
                // A function that came with GLIBCXX_3.4.30.
                boolean present = SymbolLookup.libraryLookup("libstdc++.so.6", arena)
                        .find("_ZSt21__glibcxx_assert_failPKciS0_S0_")
                        .isPresent();
                return present
                        ? Optional.empty()
                        : Optional.of("cpu backend: LLVM needs libstdc++ with GLIBCXX_3.4.30 or newer, this system's is"
                                + " older; install a newer libstdc++6");
            } catch (IllegalArgumentException missing) {
                return Optional.of("cpu backend: LLVM needs libstdc++.so.6, which this system does not have; install"
                        + " libstdc++6");
            }
        }
    }

    private static Optional<String> missingResource(String platform) {
        for (Library library : Library.values()) {
            if (resource(library, platform) == null) {
                return Optional.of("cpu backend: " + library.resource(platform)
                        + " is not on the class path; add the artifact org.bytedeco:" + library.folder
                        + " with classifier " + platform);
            }
        }
        return Optional.empty();
    }

    /** Unpacks {@code library} into JavaCPP's cache (once per user) and opens it for the rest of the process. */
    static SymbolLookup open(Library library) {
        whyNot().ifPresent(reason -> {
            throw new MachineException(reason);
        });
        for (Library needed : library.needs()) {
            open(needed);
        }
        URL url = resource(library, platform());
        try {
            File file = Loader.cacheResource(url);
            if (file == null) {
                throw new IOException("no cache folder could be written");
            }
            return SymbolLookup.libraryLookup(file.toPath(), Arena.global());
        } catch (IOException | IllegalArgumentException failure) {
            throw new MachineException(
                    "cpu backend: " + library.file + " could not be unpacked and loaded: " + failure.getMessage()
                            + "; is there room in ~/.javacpp (or -Dorg.bytedeco.javacpp.cachedir=FOLDER)?",
                    failure);
        }
    }

    private static @org.jspecify.annotations.Nullable URL resource(Library library, String platform) {
        return NativeLibraries.class.getClassLoader().getResource(library.resource(platform));
    }

    /** The shared libraries in the artifacts. */
    enum Library {
        LLVM("llvm", "libLLVM.so"),
        OPENMP("dnnl", "libgomp.so.1"),
        ONEDNN("dnnl", "libdnnl.so.3");

        private final String folder;
        private final String file;

        Library(String folder, String file) {
            this.folder = folder;
            this.file = file;
        }

        private String resource(String platform) {
            return "org/bytedeco/" + folder + "/" + platform + "/" + file;
        }

        /** Libraries to open first: the dynamic linker then finds them by name. */
        private Library[] needs() {
            return this == ONEDNN ? new Library[] {OPENMP} : new Library[0];
        }
    }
}
