package dev.weft.backend.cuda.host;

import dev.weft.backend.cuda.device.KernelCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Makes a shared object for the worker of the text that the GPU's compiler gets. The same text is compiled once. */
public final class HostCompiler implements KernelCompiler {

    /**
     * Little optimization, because compile time is what counts. Checks end the kernel, uninitialized variables are NaN, and
     * aliasing is as loose as NVRTC takes it.
     */
    private static final List<String> OPTIONS = List.of(
            "-x",
            "c++",
            "-std=c++17",
            "-O1",
            "-fPIC",
            "-fvisibility=hidden",
            "-fno-strict-aliasing",
            "-fstack-clash-protection",
            "-ftrivial-auto-var-init=pattern",
            "-fsanitize=bounds,alignment,shift-exponent",
            "-fsanitize-trap=all",
            "-w");

    /** What kernels call on every processor. */
    static final String KERNELS = "/dev/weft/backend/cuda/codegen/kernels.cuh";

    private final Toolchain toolchain;
    private final UnaryOperator<String> edit;
    private final Map<String, Image> compiled = new ConcurrentHashMap<>();

    HostCompiler(Toolchain toolchain, UnaryOperator<String> edit) {
        this.toolchain = toolchain;
        this.edit = edit;
    }

    @Override
    public Image compile(List<Source> kernels) {
        return compiled.computeIfAbsent(
                text(kernels),
                text -> toolchain.scratch(scratch -> {
                    Path source = Files.writeString(scratch.resolve("kernels.cu"), text);
                    Path object = scratch.resolve("kernels.o");
                    Path library = scratch.resolve("kernels.so");
                    toolchain.clang(source, object, OPTIONS);
                    toolchain.lld(List.of("-shared", "-z", "nognustack", object.toString(), "-o", library.toString()));
                    return new Image(Files.readAllBytes(library), "");
                }));
    }

    private String text(List<Source> kernels) {
        return Native.text("shim.h")
                + Native.text("prelude.h")
                + "#line 1 \"kernels.cuh\"\n"
                + edit.apply(Native.text(KERNELS))
                + kernels.stream().map(this::withItsSection).collect(Collectors.joining())
                + kernels.stream().map(HostCompiler::call).collect(Collectors.joining())
                + kernels.stream()
                        .map(HostCompiler::row)
                        .collect(Collectors.joining(
                                "",
                                "extern \"C\" __attribute__((visibility(\"default\"))) const Kernel weft_kernels[] = {\n",
                                "{}};\n"));
    }

    /** Shared variables of a kernel in a section of their own, which the worker fills before each block. */
    private String withItsSection(Source kernel) {
        return """
                #undef SHARED
                #define SHARED static __attribute__((used, section("shared_%1$s")))
                #line 1 "%1$s"
                %2$s
                """.formatted(kernel.name(), edit.apply(kernel.text()));
    }

    private static String call(Source kernel) {
        return """
                #line 1 "parameters of %1$s"
                extern "C" __attribute__((weak)) u8 __start_shared_%1$s[], __stop_shared_%1$s[];
                static void call_%1$s(const u64* words) { unpack<%2$d>(%1$s, words); }
                """.formatted(kernel.name(), kernel.parameters());
    }

    private static String row(Source kernel) {
        return "{\"%1$s\", call_%1$s, __start_shared_%1$s, __stop_shared_%1$s, %2$d},%n"
                .formatted(kernel.name(), kernel.parameters());
    }
}
