package dev.weft.backend.cpu.nativelib;

import dev.weft.backend.cpu.nativelib.MatmulProblem.Strides;
import dev.weft.graph.DefectException;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Matrix products by oneDNN. Each primitive is made for one thread and runs on whichever thread executes it; OpenMP never
 * starts threads of its own as long as every such thread has called {@link #enterThread()}. Closing frees all primitives;
 * safe to call twice.
 */
public final class OneDnn implements AutoCloseable {
    private static final int CPU = 1;
    private static final int IN_ORDER = 1;
    private static final int USER_SCRATCHPAD = 1;
    private static final int QUERY_IMPLEMENTATION = 8;
    private static final int QUERY_SCRATCHPAD = 136;

    private static final class Library {
        private static final SymbolLookup LOOKUP = limited(NativeLibraries.open(NativeLibraries.Library.ONEDNN));
        private static final NativeFunction SET_THREADS =
                NativeFunction.bind(NativeLibraries.open(NativeLibraries.Library.OPENMP), "omp_set_num_threads", "VI");

        /** Before the first primitive: what it may use is decided once for the process. */
        private static SymbolLookup limited(SymbolLookup lookup) {
            Processor.level()
                    .ifPresent(level -> check(
                            "dnnl_set_max_cpu_isa",
                            NativeFunction.bind(lookup, "dnnl_set_max_cpu_isa", "II")
                                    .integer(level.oneDnn())));
            return lookup;
        }
    }

    /** What runs a product: bound by its own types, when the first one runs. */
    private static final class Hot {
        private static final MethodHandle EXECUTE = NativeCalls.bind(Library.LOOKUP, "dnnl_primitive_execute", "IPPIP");
        private static final MethodHandle SET_HANDLE =
                NativeCalls.bind(Library.LOOKUP, "dnnl_memory_set_data_handle", "IPL");
    }

    private final Map<String, NativeFunction> functions = new HashMap<>();
    private final Map<MatmulProblem, Optional<Matmul>> matmuls = new HashMap<>();
    private final List<Runnable> owned = new ArrayList<>();
    private final MemorySegment engine;
    private final MemorySegment stream;
    private boolean closed;

    /** Loads the library, or throws a {@link dev.weft.graph.MachineException} that says why it cannot be. */
    public OneDnn() {
        // Before the class that keeps it is initialized, where a lack would become an Error.
        NativeLibraries.open(NativeLibraries.Library.ONEDNN);
        try (Arena arena = Arena.ofConfined()) {
            enterThread();
            MemorySegment out = NativeCalls.cell(arena);
            check("dnnl_engine_create", function("dnnl_engine_create", "IPIL").integer(out, CPU, 0L));
            engine = out.get(ValueLayout.ADDRESS, 0);
            check("dnnl_stream_create", function("dnnl_stream_create", "IPPI").integer(out, engine, IN_ORDER));
            stream = out.get(ValueLayout.ADDRESS, 0);
        }
    }

    /** Which oneDNN is there and what it may use, on which its choices depend; without loading it. */
    public static String identity() {
        return NativeLibraries.identity(NativeLibraries.Library.ONEDNN) + " "
                + Processor.here().text();
    }

    /** Tells OpenMP that this thread works alone; each thread calls it once before its first product. */
    public static void enterThread() {
        Library.SET_THREADS.run(1);
    }

    /** The product, made once per problem; empty where oneDNN has only its slow reference implementation. */
    public synchronized Optional<Matmul> matmul(MatmulProblem problem) {
        if (closed) {
            throw new DefectException("oneDNN: it must be open, but was closed");
        }
        Optional<Matmul> known = matmuls.get(problem);
        if (known == null) {
            known = create(problem);
            matmuls.put(problem, known);
        }
        return known;
    }

    private Optional<Matmul> create(MatmulProblem problem) {
        enterThread();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = NativeCalls.cell(arena);
            MemorySegment a = descriptor(problem, problem.a(), problem.m(), problem.k(), problem.element(), arena);
            MemorySegment b = descriptor(problem, problem.b(), problem.k(), problem.n(), problem.element(), arena);
            MemorySegment c = descriptor(problem, problem.c(), problem.m(), problem.n(), problem.result(), arena);
            MemorySegment attributes = attributes(problem, arena);
            int status = function("dnnl_matmul_primitive_desc_create", "IPPPPPPP")
                    .integer(out, engine, a, b, MemorySegment.NULL, c, attributes);
            function("dnnl_primitive_attr_destroy", "IP").integer(attributes);
            if (status != 0) {
                List.of(a, b, c).forEach(this::destroyDescriptor);
                return Optional.empty();
            }
            MemorySegment description = out.get(ValueLayout.ADDRESS, 0);
            String implementation = implementation(description, arena);
            if (implementation.startsWith("ref:")) {
                function("dnnl_primitive_desc_destroy", "IP").integer(description);
                List.of(a, b, c).forEach(this::destroyDescriptor);
                return Optional.empty();
            }
            MemorySegment scratch =
                    function("dnnl_primitive_desc_query_md", "PPII").pointer(description, QUERY_SCRATCHPAD, 0);
            long scratchBytes = NativeCalls.isNull(scratch)
                    ? 0
                    : function("dnnl_memory_desc_get_size", "LP").size(scratch);
            owned.add(() -> {
                function("dnnl_primitive_desc_destroy", "IP").integer(description);
                List.of(a, b, c).forEach(this::destroyDescriptor);
            });
            return Optional.of(new Matmul(this, problem, implementation, scratchBytes, description, a, b, c, scratch));
        }
    }

    /** Machine code for a product; many threads may make different ones at once. */
    MemorySegment primitive(MemorySegment description) {
        enterThread();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = NativeCalls.cell(arena);
            check(
                    "dnnl_primitive_create",
                    function("dnnl_primitive_create", "IPP").integer(out, description));
            MemorySegment primitive = out.get(ValueLayout.ADDRESS, 0);
            own(() -> function("dnnl_primitive_destroy", "IP").integer(primitive));
            return primitive;
        }
    }

    private synchronized void own(Runnable destruction) {
        owned.add(destruction);
    }

    private MemorySegment attributes(MatmulProblem problem, Arena arena) {
        MemorySegment out = NativeCalls.cell(arena);
        check(
                "dnnl_primitive_attr_create",
                function("dnnl_primitive_attr_create", "IP").integer(out));
        MemorySegment attributes = out.get(ValueLayout.ADDRESS, 0);
        check(
                "dnnl_primitive_attr_set_scratchpad_mode",
                function("dnnl_primitive_attr_set_scratchpad_mode", "IPI").integer(attributes, USER_SCRATCHPAD));
        if (problem.accumulate()) {
            check("dnnl_post_ops_create", function("dnnl_post_ops_create", "IP").integer(out));
            MemorySegment operations = out.get(ValueLayout.ADDRESS, 0);
            check(
                    "dnnl_post_ops_append_sum",
                    function("dnnl_post_ops_append_sum", "IPFII").integer(operations, 1f, 0, 0));
            check(
                    "dnnl_primitive_attr_set_post_ops",
                    function("dnnl_primitive_attr_set_post_ops", "IPP").integer(attributes, operations));
            function("dnnl_post_ops_destroy", "IP").integer(operations);
        }
        return attributes;
    }

    private MemorySegment descriptor(
            MatmulProblem problem, Strides strides, long rows, long columns, ElementType element, Arena arena) {
        boolean batched = problem.batch() > 1;
        // Along an axis of size 1 nothing is ever stepped; oneDNN still reads the stride and wants a plausible layout.
        long columnStride = columns == 1 && strides.row() != 1 ? 1 : strides.column();
        long rowStride = rows == 1 && columnStride == 1 ? columns : strides.row();
        if (columns == 1 && strides.row() == 1) {
            columnStride = rows;
        }
        long[] sizes = batched ? new long[] {problem.batch(), rows, columns} : new long[] {rows, columns};
        long[] steps =
                batched ? new long[] {strides.batch(), rowStride, columnStride} : new long[] {rowStride, columnStride};
        MemorySegment out = NativeCalls.cell(arena);
        check(
                "dnnl_memory_desc_create_with_strides",
                function("dnnl_memory_desc_create_with_strides", "IPIPIP")
                        .integer(
                                out,
                                sizes.length,
                                arena.allocateFrom(ValueLayout.JAVA_LONG, sizes),
                                dataType(element),
                                arena.allocateFrom(ValueLayout.JAVA_LONG, steps)));
        return out.get(ValueLayout.ADDRESS, 0);
    }

    private void destroyDescriptor(MemorySegment descriptor) {
        function("dnnl_memory_desc_destroy", "IP").integer(descriptor);
    }

    private String implementation(MemorySegment description, Arena arena) {
        MemorySegment out = NativeCalls.cell(arena);
        check(
                "dnnl_primitive_desc_query",
                function("dnnl_primitive_desc_query", "IPIIP").integer(description, QUERY_IMPLEMENTATION, 0, out));
        return NativeCalls.text(out.get(ValueLayout.ADDRESS, 0));
    }

    private static int dataType(ElementType element) {
        return switch (element) {
            case F16 -> 1;
            case BF16 -> 2;
            case F32 -> 3;
            case I32, BOOL, F64, I64, I8, U8 ->
                throw new DefectException("oneDNN: products are made of f32, bf16 or f16, not of " + element);
        };
    }

    /** A memory object of {@code descriptor} without data. */
    MemorySegment memory(MemorySegment descriptor, MemorySegment data) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = NativeCalls.cell(arena);
            check("dnnl_memory_create", function("dnnl_memory_create", "IPPPP").integer(out, descriptor, engine, data));
            return out.get(ValueLayout.ADDRESS, 0);
        }
    }

    void destroyMemory(MemorySegment memory) {
        function("dnnl_memory_destroy", "IP").integer(memory);
    }

    MemorySegment stream() {
        return stream;
    }

    /** @param data an address; as a number, which no object has to be made for */
    static void setData(MemorySegment memory, long data) {
        try {
            check("dnnl_memory_set_data_handle", (int) Hot.SET_HANDLE.invokeExact(memory, data));
        } catch (Throwable failure) {
            throw NativeCalls.unexpected("dnnl_memory_set_data_handle", failure);
        }
    }

    static void execute(MemorySegment primitive, MemorySegment stream, int count, MemorySegment arguments) {
        try {
            check("dnnl_primitive_execute", (int) Hot.EXECUTE.invokeExact(primitive, stream, count, arguments));
        } catch (Throwable failure) {
            throw NativeCalls.unexpected("dnnl_primitive_execute", failure);
        }
    }

    private synchronized NativeFunction function(String name, String signature) {
        return functions.computeIfAbsent(name, key -> NativeFunction.bind(Library.LOOKUP, key, signature));
    }

    private static void check(String function, int status) {
        if (status != 0) {
            throw new DefectException("oneDNN: " + function + " must succeed, but returned status " + status);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            owned.forEach(Runnable::run);
            function("dnnl_stream_destroy", "IP").integer(stream);
            function("dnnl_engine_destroy", "IP").integer(engine);
        }
    }
}
