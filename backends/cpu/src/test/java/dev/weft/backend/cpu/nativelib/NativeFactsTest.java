package dev.weft.backend.cpu.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.weft.backend.cpu.nativelib.NativeFacts.CxxLibrary;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said on machines that lack something. */
class NativeFactsTest {

    private static final NativeFacts GOOD =
            new NativeFacts("Linux", "amd64", Optional.of("2.36"), true, CxxLibrary.SUFFICIENT, List.of());

    static Stream<Arguments> lacks() {
        return Stream.of(
                arguments("Mac OS X", "aarch64", "2.36", true, CxxLibrary.SUFFICIENT, "this machine is mac-os-x-arm64"),
                arguments("Windows 11", "amd64", "", false, CxxLibrary.ABSENT, "this machine is windows-11-x86_64"),
                arguments("Linux", "riscv64", "2.39", true, CxxLibrary.SUFFICIENT, "this machine is linux-riscv64"),
                arguments(
                        "Linux",
                        "amd64",
                        "",
                        true,
                        CxxLibrary.SUFFICIENT,
                        "need glibc 2.34 or newer, this system has" + " another C library (musl?)"),
                arguments(
                        "Linux",
                        "amd64",
                        "2.31",
                        true,
                        CxxLibrary.SUFFICIENT,
                        "need glibc 2.34 or newer, this system" + " has 2.31"),
                arguments(
                        "Linux",
                        "amd64",
                        "2.36",
                        false,
                        CxxLibrary.SUFFICIENT,
                        "needs libz.so.1, which this system" + " does not have; install zlib"),
                arguments(
                        "Linux",
                        "amd64",
                        "2.36",
                        true,
                        CxxLibrary.ABSENT,
                        "needs libstdc++.so.6, which this system" + " does not have; install libstdc++6"),
                arguments(
                        "Linux",
                        "aarch64",
                        "2.36",
                        true,
                        CxxLibrary.OLD,
                        "needs libstdc++ with GLIBCXX_3.4.30 or" + " newer, this system's is older"));
    }

    @ParameterizedTest(name = "{0} {1} glibc {2} zlib {3} C++ {4}")
    @MethodSource("lacks")
    void aLackIsNamedAndTheReferenceBackendIsOffered(
            String os, String arch, String glibc, boolean zlib, CxxLibrary cxx, String said) {
        Optional<String> version = glibc.isEmpty() ? Optional.empty() : Optional.of(glibc);

        assertThat(new NativeFacts(os, arch, version, zlib, cxx, List.of())
                        .whyNot()
                        .orElseThrow())
                .startsWith("cpu backend: ")
                .contains(said)
                .endsWith("; or choose --backend reference");
    }

    @Test
    void anArtifactThatIsNotThereIsNamed() {
        NativeFacts facts = new NativeFacts(
                GOOD.os(), GOOD.arch(), GOOD.glibc(), true, CxxLibrary.SUFFICIENT, List.of("org.bytedeco:llvm"));

        assertThat(facts.whyNot().orElseThrow())
                .contains("add the artifact org.bytedeco:llvm with classifier linux-x86_64");
    }

    @Test
    void nothingIsSaidWhereNothingLacks() {
        assertThat(GOOD.whyNot()).isEmpty();
        assertThat(NativeLibraries.facts().whyNot()).isEmpty();
    }

    @Test
    void versionsOfGlibcAreComparedAsNumbers() {
        assertThat(NativeFacts.glibcSuffices("2.36")).isTrue();
        assertThat(NativeFacts.glibcSuffices("2.34")).isTrue();
        assertThat(NativeFacts.glibcSuffices("2.9")).isFalse();
        assertThat(NativeFacts.glibcSuffices("3.0")).isTrue();
        assertThat(NativeFacts.glibcSuffices("?")).isFalse();
    }
}
