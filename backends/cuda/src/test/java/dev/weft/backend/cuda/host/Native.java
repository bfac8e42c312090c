package dev.weft.backend.cuda.host;

import dev.weft.graph.MachineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/** The worker's program, built once from the C++ beside this class and kept with the toolchain. */
final class Native {
    private static final List<String> HEADERS = List.of("shim.h", "prelude.h", "libc.h", "worker.h");
    private static final List<String> SOURCES =
            List.of("worker.cpp", "threads.cpp", "faults.cpp", "products.cpp", "trials.cpp");

    private Native() {}

    static String text(String resource) {
        try (InputStream content = Native.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new MachineException("host device: its file " + resource + " must be on the class path");
            }
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new MachineException("host device: cannot read its file " + resource, e);
        }
    }

    static Path worker(Toolchain toolchain) {
        CRC32 version = new CRC32();
        HEADERS.forEach(name -> version.update(text(name).getBytes(StandardCharsets.UTF_8)));
        SOURCES.forEach(name -> version.update(text(name).getBytes(StandardCharsets.UTF_8)));
        Path worker = toolchain.folder().resolve("worker-%08x".formatted(version.getValue()));
        if (!Files.isExecutable(worker)) {
            toolchain.scratch(scratch -> {
                Path built = build(toolchain, scratch);
                return Files.move(built, worker, StandardCopyOption.ATOMIC_MOVE);
            });
        }
        return worker;
    }

    private static Path build(Toolchain toolchain, Path scratch) throws IOException {
        for (String header : HEADERS) {
            Files.writeString(scratch.resolve(header), text(header));
        }
        Path program = scratch.resolve("worker");
        List<String> link = new ArrayList<>(List.of("-pie", "--export-dynamic", "-o", program.toString()));
        for (String source : SOURCES) {
            Path object = scratch.resolve(source + ".o");
            Path text = Files.writeString(scratch.resolve(source), text(source));
            toolchain.clang(text, object, List.of("-std=c++20", "-O2", "-fPIE", "-Wall", "-Werror"));
            link.add(object.toString());
        }
        // Kernels call functions of libm that the worker itself does not.
        link.addAll(List.of("--no-as-needed", mapped("libm.so.6"), mapped("libc.so.6")));
        link.addAll(List.of("--dynamic-linker", mapped("ld-linux-x86-64.so.2")));
        toolchain.lld(link);
        return program;
    }

    /** The path of a library of the system that this process has loaded. */
    private static String mapped(String library) throws IOException {
        for (String mapping : Files.readAllLines(Path.of("/proc/self/maps"))) {
            String path = Arrays.asList(mapping.split(" +")).getLast();
            if (path.endsWith("/" + library)) {
                return path;
            }
        }
        throw new MachineException("host device: needs glibc, but this process has not loaded " + library);
    }
}
