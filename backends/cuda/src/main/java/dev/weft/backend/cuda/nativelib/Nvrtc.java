package dev.weft.backend.cuda.nativelib;

import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * NVRTC for one architecture: kernel text in, cubin out. The library is loaded when something is compiled for the first time, never before.
 * For any thread; two that compile at a time take little longer than one.
 */
public final class Nvrtc implements KernelCompiler {
    private static final int REFUSED = 6;

    private static final List<String> OPTIONS = List.of("-std=c++17", "--ptxas-options=-v");

    /** Characters of text, and kernels, beside which what each call costs, some 20 ms, is little. */
    private static final int BATCH_CHARACTERS = 6_000;

    private static final int BATCH_KERNELS = 16;

    /** What stands before all kernels: names for what differs between processors, then what is the same on all. */
    private static final List<String> PRELUDE =
            List.of("/dev/weft/backend/cuda/codegen/prelude.cuh", "/dev/weft/backend/cuda/codegen/kernels.cuh");

    private final Libraries libraries;
    private final String architecture;
    private @Nullable FunctionTable<NvrtcFunction> loaded;

    /** What {@link #recipe} says: files are looked for once. */
    private @Nullable String recipe;

    /** @param architecture such as {@code sm_90a} */
    public Nvrtc(Libraries libraries, String architecture) {
        this.libraries = libraries;
        this.architecture = architecture;
    }

    private synchronized FunctionTable<NvrtcFunction> functions() {
        FunctionTable<NvrtcFunction> known = loaded;
        if (known == null) {
            known = FunctionTable.of(NvrtcFunction.class, libraries.openNvrtc(), "NVRTC");
            loaded = known;
        }
        return known;
    }

    /** The compiler is told by its files: asking it would load it. */
    @Override
    public synchronized Optional<String> recipe() {
        String known = recipe;
        if (known == null) {
            known = String.join(
                    "\n", architecture, String.join(" ", OPTIONS), libraries.nvrtcVersion(), text(List.of()));
            recipe = known;
        }
        return Optional.of(known);
    }

    /** Loading it takes a tenth of a second. Whoever compiles first waits for it, and is told if it is not there. */
    @Override
    public void begin() {
        Thread.ofPlatform().daemon().name("weft-nvrtc-load").start(() -> {
            try {
                functions();
            } catch (MachineException told) {
                // By the first call that compiles.
            }
        });
    }

    @Override
    public boolean isWhole(List<Source> kernels) {
        return kernels.size() == BATCH_KERNELS
                || kernels.stream().mapToInt(kernel -> kernel.text().length()).sum() >= BATCH_CHARACTERS;
    }

    /** Whether the library was needed until now. */
    public synchronized boolean isLoaded() {
        return loaded != null;
    }

    @Override
    public Image compile(List<Source> kernels) {
        FunctionTable<NvrtcFunction> functions = functions();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_LONG);
            check(
                    functions.status(
                            NvrtcFunction.CREATE,
                            cell.address(),
                            arena.allocateFrom(text(kernels)).address(),
                            arena.allocateFrom("prelude.cuh").address(),
                            0,
                            0L,
                            0L),
                    "beginning to compile");
            long program = cell.get(ValueLayout.JAVA_LONG, 0);
            try {
                return compile(functions, program, kernels, arena);
            } finally {
                functions.status(NvrtcFunction.DESTROY, cell.address());
            }
        }
    }

    private Image compile(FunctionTable<NvrtcFunction> functions, long program, List<Source> kernels, Arena arena) {
        MemorySegment[] options = Stream.concat(Stream.of("--gpu-architecture=" + architecture), OPTIONS.stream())
                .map(arena::allocateFrom)
                .toArray(MemorySegment[]::new);
        MemorySegment list = arena.allocate(ValueLayout.JAVA_LONG, options.length);
        for (int i = 0; i < options.length; i++) {
            list.setAtIndex(ValueLayout.JAVA_LONG, i, options[i].address());
        }
        int status = functions.status(NvrtcFunction.COMPILE, program, options.length, list.address());
        String log =
                bytes(NvrtcFunction.LOG_SIZE, NvrtcFunction.LOG, program, arena).getString(0);
        if (status == REFUSED) {
            throw new DefectException(CompileErrors.message(version(), architecture, kernels, log));
        }
        check(
                status,
                "compiling for " + architecture + (log.isBlank() ? "" : ", of which it says: " + log.strip() + ","));
        MemorySegment cubin = bytes(NvrtcFunction.CUBIN_SIZE, NvrtcFunction.CUBIN, program, arena);
        return new Image(cubin.toArray(ValueLayout.JAVA_BYTE), log);
    }

    /** One program: the prelude, and each kernel under its own name and line numbers. */
    private static String text(List<Source> kernels) {
        StringBuilder text = new StringBuilder();
        PRELUDE.forEach(file -> text.append("#line 1 \"")
                .append(file.substring(file.lastIndexOf('/') + 1))
                .append("\"\n")
                .append(prelude(file)));
        for (Source kernel : kernels) {
            text.append("\n#line 1 \"").append(kernel.name()).append("\"\n").append(kernel.text());
        }
        return text.append('\n').toString();
    }

    private static String prelude(String file) {
        try (InputStream stream = Nvrtc.class.getResourceAsStream(file)) {
            if (stream == null) {
                throw new DefectException("cuda kernels: the prelude must be in the jar at " + file + ", but is not");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cuda kernels: the prelude cannot be read", unreadable);
        }
    }

    /** What a function writes, as many bytes as another says. */
    private MemorySegment bytes(NvrtcFunction size, NvrtcFunction content, long program, Arena arena) {
        MemorySegment cell = arena.allocate(ValueLayout.JAVA_LONG);
        check(functions().status(size, program, cell.address()), "asking for the result's size");
        MemorySegment bytes = arena.allocate(Math.max(1, cell.get(ValueLayout.JAVA_LONG, 0)));
        check(functions().status(content, program, bytes.address()), "reading what was compiled");
        return bytes;
    }

    /** The library and its version: {@code NVRTC 13.0}. */
    public String version() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment major = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment minor = arena.allocate(ValueLayout.JAVA_INT);
            check(
                    functions().status(NvrtcFunction.VERSION, major.address(), minor.address()),
                    "asking for the version");
            return "NVRTC " + major.get(ValueLayout.JAVA_INT, 0) + "." + minor.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private void check(int status, String doing) {
        if (status != 0) {
            throw new MachineException("NVRTC: " + doing + " failed with "
                    + functions().text(NvrtcFunction.ERROR_TEXT, status) + " (" + status + ")");
        }
    }
}
