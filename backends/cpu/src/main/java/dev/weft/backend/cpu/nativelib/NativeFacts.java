package dev.weft.backend.cpu.nativelib;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What decides whether the native libraries can be loaded, as data: what a machine has can be found out, and what would be
 * said on another machine can be asked.
 *
 * @param os the system as Java names it, such as {@code Linux}
 * @param arch the processor as Java names it, such as {@code amd64}
 * @param glibc the version of glibc, such as {@code 2.36}; empty where the C library is another one
 * @param zlib whether {@code libz.so.1} is there
 * @param cxx which {@code libstdc++.so.6} is there
 * @param absent artifacts with native libraries that are not on the class path, such as {@code org.bytedeco:llvm}
 */
public record NativeFacts(
        String os, String arch, Optional<String> glibc, boolean zlib, CxxLibrary cxx, List<String> absent) {

    private static final int NEEDED_GLIBC_MINOR = 34;

    /** What is known of the C++ library. */
    public enum CxxLibrary {
        ABSENT,
        OLD,
        /** It has {@code GLIBCXX_3.4.30}. */
        SUFFICIENT
    }

    public NativeFacts {
        absent = List.copyOf(absent);
    }

    /** What decides whether programs that were compiled before can be run: they need no LLVM. */
    public NativeFacts withoutCompiler() {
        List<String> needed =
                absent.stream().filter(artifact -> !artifact.endsWith(":llvm")).toList();
        return new NativeFacts(os, arch, glibc, zlib || needed.size() < absent.size(), cxx, needed);
    }

    /** Why the native libraries cannot be used, as a sentence with what to do; empty where they can. */
    public Optional<String> whyNot() {
        return lack().map(lack -> "cpu backend: " + lack + "; or choose --backend reference");
    }

    private Optional<String> lack() {
        if (!platform().startsWith("linux-")) {
            return Optional.of("there are native libraries for Linux only, this machine is " + platform());
        }
        if (!List.of("linux-x86_64", "linux-arm64").contains(platform())) {
            return Optional.of("code is generated for x86-64 and arm64 only, this machine is " + platform());
        }
        if (glibc.isEmpty()) {
            return Optional.of("the native libraries need glibc 2." + NEEDED_GLIBC_MINOR
                    + " or newer, this system has another C library (musl?)");
        }
        if (!glibcSuffices(glibc.get())) {
            return Optional.of("the native libraries need glibc 2." + NEEDED_GLIBC_MINOR + " or newer, this system has "
                    + glibc.get());
        }
        if (!zlib) {
            return Optional.of("LLVM needs libz.so.1, which this system does not have; install zlib");
        }
        return switch (cxx) {
            case ABSENT ->
                Optional.of("LLVM needs libstdc++.so.6, which this system does not have; install libstdc++6");
            case OLD ->
                Optional.of("LLVM needs libstdc++ with GLIBCXX_3.4.30 or newer, this system's is older; install a"
                        + " newer libstdc++6");
            case SUFFICIENT ->
                absent.stream()
                        .findFirst()
                        .map(artifact -> "its native libraries are not on the class path; add the artifact " + artifact
                                + " with classifier " + platform());
        };
    }

    /** The platform as the artifacts name it, such as {@code linux-x86_64}. */
    String platform() {
        String machine =
                switch (arch.toLowerCase(Locale.ROOT)) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm64";
                    default -> arch.toLowerCase(Locale.ROOT);
                };
        String system = os.toLowerCase(Locale.ROOT);
        return (system.contains("linux") ? "linux" : system.replace(' ', '-')) + "-" + machine;
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
}
