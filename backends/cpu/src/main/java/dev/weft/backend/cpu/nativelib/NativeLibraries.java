package dev.weft.backend.cpu.nativelib;

import dev.weft.backend.cpu.nativelib.NativeFacts.CxxLibrary;
import dev.weft.backend.spi.CacheFolder;
import dev.weft.graph.MachineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds out what this machine has, unpacks the native libraries and opens them. */
@SuppressWarnings("restricted") // native access is what this package is for
public final class NativeLibraries {

    /** A folder that is as trusted as the jars themselves; set by {@code ./weft}. */
    private static final String INSTALLED = "weft.natives";

    private NativeLibraries() {}

    /** They are the same as long as the process runs. */
    private static final class Here {
        private static final NativeFacts FACTS = find();
    }

    /** What this machine has. Loads no library but the system's. */
    public static NativeFacts facts() {
        return Here.FACTS;
    }

    private static NativeFacts find() {
        String os = System.getProperty("os.name", "");
        String arch = System.getProperty("os.arch", "");
        NativeFacts unknown = new NativeFacts(os, arch, Optional.empty(), false, CxxLibrary.ABSENT, List.of());
        if (!unknown.platform().startsWith("linux-")) {
            return unknown; // what follows are names of Linux
        }
        List<String> absent = Stream.of(Library.values())
                .filter(library -> resource(library, unknown.platform()) == null)
                .map(library -> "org.bytedeco:" + library.folder)
                .distinct()
                .toList();
        return new NativeFacts(os, arch, glibc(), has("libz.so.1"), cxxLibrary(), absent);
    }

    private static Optional<String> glibc() {
        return Linker.nativeLinker()
                .defaultLookup()
                .find("gnu_get_libc_version")
                .map(NativeLibraries::glibcVersion);
    }

    private static String glibcVersion(MemorySegment function) {
        return NativeCalls.text(
                NativeFunction.at(function, "gnu_get_libc_version", "P").pointer());
    }

    private static boolean has(String library) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(library, arena);
            return true;
        } catch (IllegalArgumentException missing) {
            return false;
        }
    }

    private static CxxLibrary cxxLibrary() {
        try (Arena arena = Arena.ofConfined()) {
            // A function that came with GLIBCXX_3.4.30.
            return SymbolLookup.libraryLookup("libstdc++.so.6", arena)
                            .find("_ZSt21__glibcxx_assert_failPKciS0_S0_")
                            .isPresent()
                    ? CxxLibrary.SUFFICIENT
                    : CxxLibrary.OLD;
        } catch (IllegalArgumentException missing) {
            return CxxLibrary.ABSENT;
        }
    }

    /** Unpacks {@code library} into the cache folder (once per user) and opens it for the rest of the process. */
    static SymbolLookup open(Library library) {
        NativeFacts facts = library == Library.LLVM ? facts() : facts().withoutCompiler();
        facts.whyNot().ifPresent(reason -> {
            throw new MachineException(reason);
        });
        for (Library needed : library.needs()) {
            open(needed);
        }
        URL url = resource(library, facts.platform());
        if (url == null) {
            throw new MachineException("cpu backend: " + library.file + " is not on the class path");
        }
        try {
            return SymbolLookup.libraryLookup(unpacked(url), Arena.global());
        } catch (IOException | IllegalArgumentException failure) {
            throw new MachineException(
                    "cpu backend: " + library.file + " could not be unpacked and loaded: " + failure.getMessage()
                            + "; set WEFT_CACHE_DIR to a folder with 300 MB of room from which programs may run, or"
                            + " choose --backend reference",
                    failure);
        }
    }

    /**
     * Beside the jars, where an installation has a folder for it: {@code ./weft} unpacks there when it builds itself, so that no command
     * waits for it. Otherwise, or where that cannot be written, in the cache folder.
     */
    private static Path unpacked(URL url) throws IOException {
        String installed = System.getProperty(INSTALLED, "");
        if (!installed.isEmpty()) {
            try {
                return Unpacked.file(url, Path.of(installed));
            } catch (IOException notOurs) {
                // It belongs to somebody else, who never ran it.
            }
        }
        return Unpacked.file(url, cache());
    }

    /** Which version of a library is there: its checksum and size; {@code absent} where it is not. Loads nothing. */
    static String identity(Library library) {
        URL url = resource(library, facts().platform());
        try {
            return url == null ? "absent" : Unpacked.identity(url);
        } catch (IOException unreadable) {
            return "unreadable";
        }
    }

    private static Path cache() {
        try {
            return CacheFolder.findOrTemporary();
        } catch (MachineException none) {
            throw new MachineException(
                    "cpu backend: its native libraries must be unpacked somewhere; " + none.getMessage()
                            + ", or choose --backend reference",
                    none);
        }
    }

    private static @Nullable URL resource(Library library, String platform) {
        String name = "org/bytedeco/" + library.folder + "/" + platform + "/" + library.file;
        URL url = NativeLibraries.class.getClassLoader().getResource(name);
        return url == null ? ModulePathResources.find(name) : url;
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

        /** Libraries to open first: the dynamic linker then finds them by name. */
        private Library[] needs() {
            return this == ONEDNN ? new Library[] {OPENMP} : new Library[0];
        }
    }
}
