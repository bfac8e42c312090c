package dev.weft.backend.cuda.host;

import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * clang and lld of JavaCPP's LLVM preset, unpacked once into a folder below the system's temporary one and kept there.
 *
 * @param folder holds them, and what is made with them once
 */
record Toolchain(Path folder) {
    private static final String PRESET = "org/bytedeco/llvm/linux-x86_64/";

    /** Files of the preset, and the names by which they find each other. */
    private static final Map<String, String> FILES = Map.of(
            "clang", "clang",
            "lld", "lld",
            "libclang-cpp.so", "libclang-cpp.so.20.1",
            "libLLVM.so", "libLLVM.so.20.1");

    /** Neither headers nor start files nor libraries of the system, and arithmetic as it is written. */
    static final List<String> CLANG = List.of(
            "-ffreestanding",
            "-fno-exceptions",
            "-fno-rtti",
            "-fno-stack-protector",
            "-fno-threadsafe-statics",
            "-fno-asynchronous-unwind-tables",
            "-ffp-contract=off");

    static Toolchain unpacked() {
        try {
            URL clang = resource("clang");
            long version =
                    ((JarURLConnection) clang.openConnection()).getJarEntry().getCrc();
            Path folder = Path.of(
                    System.getProperty("java.io.tmpdir"),
                    "weft-clang-%s-%08x".formatted(System.getProperty("user.name"), version));
            Files.createDirectories(folder);
            FILES.entrySet().parallelStream().forEach(file -> unpack(resource(file.getKey()), folder, file.getValue()));
            return new Toolchain(folder);
        } catch (IOException | UncheckedIOException e) {
            throw new MachineException("clang: cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private static URL resource(String name) {
        URL resource = Toolchain.class.getClassLoader().getResource(PRESET + name);
        if (resource == null) {
            throw new MachineException("clang: JavaCPP's LLVM preset for linux-x86_64 must be on the class path");
        }
        return resource;
    }

    /** The file appears whole or not at all, whoever else unpacks at the same time. */
    private static void unpack(URL resource, Path folder, String name) {
        Path file = folder.resolve(name);
        if (Files.isExecutable(file)) {
            return;
        }
        try (InputStream content = resource.openStream()) {
            Path whole = Files.createTempFile(folder, name, ".part");
            Files.copy(content, whole, StandardCopyOption.REPLACE_EXISTING);
            if (!whole.toFile().setExecutable(true)) {
                throw new IOException(whole + " cannot be made executable");
            }
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles one file to {@code object} in the same folder. */
    void clang(Path source, Path object, List<String> options) {
        List<String> command = new ArrayList<>(List.of(folder.resolve("clang").toString()));
        command.addAll(CLANG);
        command.addAll(options);
        command.addAll(List.of("-c", source.toString(), "-o", object.toString()));
        run(command);
    }

    void lld(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(folder.resolve("lld").toString(), "-flavor", "gnu"));
        command.addAll(arguments);
        run(command);
    }

    private static void run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new DefectException("kernels: %s does not accept them, status %d:%n%s"
                        .formatted(Path.of(command.getFirst()).getFileName(), status, said));
            }
        } catch (IOException e) {
            throw new MachineException("kernels: cannot run " + command.getFirst() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MachineException("kernels: interrupted while they were compiled", e);
        }
    }

    /** Does something with an empty folder that is gone afterwards. */
    <T> T scratch(Work<T> work) {
        try {
            Path scratch = Files.createTempDirectory(folder, "scratch");
            try {
                return work.in(scratch);
            } finally {
                try (Stream<Path> files = Files.list(scratch)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(scratch);
            }
        } catch (IOException e) {
            throw new MachineException("kernels: no place to compile them: " + e.getMessage(), e);
        }
    }

    /** What is done in a scratch folder. */
    interface Work<T> {
        T in(Path scratch) throws IOException;
    }
}
