package dev.weft.backend.cuda.nativelib;

import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Products by cuBLASLt, which is loaded when the first is asked for. A product's handle is its place in a list, from 1. */
final class Products implements AutoCloseable {
    private static final int WORKSPACE_BYTES = 1;
    private static final int REDUCTION_SCHEMES = 3;
    private static final int ALIGNMENT_A = 5;
    private static final int ALIGNMENT_B = 6;
    private static final int ALIGNMENT_C = 7;
    private static final int ALIGNMENT_D = 8;

    /** Partial sums are kept in the type of the sums and added in an order of their own, not in the type of the result. */
    private static final int SUMS_IN_COMPUTE_TYPE = 2;

    /** cublasLtMatmulHeuristicResult_t: the algorithm, its workspace, a status, waves, and four reserved words. */
    static final long RESULT_BYTES = 96;

    static final long RESULT_WORKSPACE = 64;
    static final long RESULT_STATUS = 72;

    private record Made(
            Multiplication product, ProductDescriptor descriptor, MemorySegment algorithm, long workspaceBytes) {}

    private final Supplier<SymbolLookup> functions;
    private final DriverCalls calls;
    private final List<@Nullable Made> made = new ArrayList<>();
    private final MemorySegment scales = Arena.ofAuto().allocate(4 * Double.BYTES, Double.BYTES);
    private @Nullable CublasLt library;
    private @Nullable MethodHandle matmul;

    Products(Supplier<SymbolLookup> functions, DriverCalls calls) {
        this.functions = functions;
        this.calls = calls;
        scales.setAtIndex(ValueLayout.JAVA_DOUBLE, 1, 1.0);
        scales.setAtIndex(ValueLayout.JAVA_FLOAT, 5, 1.0f);
    }

    private CublasLt library() {
        calls.enter();
        CublasLt known = library;
        if (known == null) {
            known = new CublasLt(functions.get());
            library = known;
            matmul = known.functions().handle(CublasLtFunction.MATMUL);
        }
        return known;
    }

    boolean isLoaded() {
        return library != null;
    }

    /** The library's version. */
    long version() {
        return library().version();
    }

    /** The address of 0 or 1 as alpha and beta are read: doubles first, then floats. */
    private long scale(Multiplication product, int value) {
        boolean wide = product.compute() == Multiplication.Compute.F64;
        return scales.address() + (wide ? (long) value * Double.BYTES : 2L * Double.BYTES + (long) value * Float.BYTES);
    }

    List<byte[]> algorithms(Multiplication product, long workspaceBytes, int most) {
        CublasLt lt = library();
        long preference = lt.create("choosing how to make products", CublasLtFunction.PREFERENCE_CREATE);
        try (ProductDescriptor descriptor = new ProductDescriptor(lt, product);
                Arena arena = Arena.ofConfined()) {
            prefer(lt, preference, product, workspaceBytes);
            MemorySegment results = arena.allocate(RESULT_BYTES * most, Long.BYTES);
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            int status = lt.functions()
                    .status(
                            CublasLtFunction.HEURISTIC,
                            lt.handle(),
                            descriptor.operation(),
                            descriptor.a(),
                            descriptor.b(),
                            descriptor.d(),
                            descriptor.d(),
                            preference,
                            most,
                            results.address(),
                            count.address());
            // Where nothing fits, the library says so by a status or by none in the list. What an epilogue would do, a
            // kernel can do,
            // whatever keeps the library from it.
            boolean refused = status == CublasLt.NOT_SUPPORTED || product.epilogue() != Epilogue.NONE;
            if (!refused) {
                lt.check(status, "looking for ways to make " + product);
            }
            List<byte[]> found = read(lt, results, count.get(ValueLayout.JAVA_INT, 0), workspaceBytes);
            if (found.isEmpty() && product.epilogue() == Epilogue.NONE) {
                throw new MachineException("product: cuBLASLt " + lt.version() + " has no way to make " + product
                        + " with " + workspaceBytes + " bytes of workspace");
            }
            return found;
        } finally {
            lt.functions().status(CublasLtFunction.PREFERENCE_DESTROY, preference);
        }
    }

    private static void prefer(CublasLt lt, long preference, Multiplication product, long workspaceBytes) {
        lt.set(CublasLtFunction.PREFERENCE_SET, preference, WORKSPACE_BYTES, workspaceBytes);
        lt.set(CublasLtFunction.PREFERENCE_SET, preference, REDUCTION_SCHEMES, SUMS_IN_COMPUTE_TYPE);
        for (int matrix : new int[] {ALIGNMENT_A, ALIGNMENT_B, ALIGNMENT_C, ALIGNMENT_D}) {
            lt.set(CublasLtFunction.PREFERENCE_SET, preference, matrix, product.alignment());
        }
    }

    private static List<byte[]> read(CublasLt lt, MemorySegment results, int count, long workspaceBytes) {
        List<byte[]> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            MemorySegment result = results.asSlice(i * RESULT_BYTES, RESULT_BYTES);
            long needed = result.get(ValueLayout.JAVA_LONG, RESULT_WORKSPACE);
            if (result.get(ValueLayout.JAVA_INT, RESULT_STATUS) == 0 && needed <= workspaceBytes) {
                byte[] opaque = result.asSlice(0, Algorithm.OPAQUE_BYTES).toArray(ValueLayout.JAVA_BYTE);
                found.add(new Algorithm(lt.version(), needed, opaque).bytes());
            }
        }
        return List.copyOf(found);
    }

    long make(Multiplication product, byte[] kept) {
        CublasLt lt = library();
        Algorithm algorithm = Algorithm.of(kept);
        if (algorithm.version() != lt.version()) {
            throw new MachineException("product: how it is made was chosen with cuBLASLt " + algorithm.version()
                    + ", but this machine has " + lt.version() + "; choose again, which can change last bits");
        }
        MemorySegment opaque = Arena.ofAuto().allocate(Algorithm.OPAQUE_BYTES, Long.BYTES);
        MemorySegment.copy(algorithm.opaque(), 0, opaque, ValueLayout.JAVA_BYTE, 0, Algorithm.OPAQUE_BYTES);
        ProductDescriptor descriptor = new ProductDescriptor(lt, product);
        made.add(new Made(product, descriptor, opaque, algorithm.workspaceBytes()));
        return made.size();
    }

    void end(long product) {
        get(product).descriptor().close();
        made.set((int) product - 1, null);
    }

    private Made get(long product) {
        Made known = product < 1 || product > made.size() ? null : made.get((int) product - 1);
        if (known == null) {
            throw new DefectException("product: it must have been made and not ended, got handle " + product);
        }
        return known;
    }

    void multiply(long stream, long handle, Addresses at, long workspace) {
        CublasLt lt = library();
        Made known = get(handle);
        Multiplication product = known.product();
        long all = at.a() | at.b() | at.c() | at.d() | at.vector() | at.auxiliary();
        if ((all & (product.alignment() - 1)) != 0) {
            throw new DefectException("product: addresses must be multiples of " + product.alignment()
                    + ", as was said when it was made; got " + at);
        }
        known.descriptor().extras(at);
        ProductDescriptor descriptor = known.descriptor();
        MethodHandle function = Objects.requireNonNull(matmul);
        long addend = product.beta() == 0 ? at.d() : at.c();
        long one = scale(product, 1);
        long beta = scale(product, product.beta());
        try {
            int status = (int) function.invokeExact(
                    lt.handle(),
                    descriptor.operation(),
                    one,
                    at.a(),
                    descriptor.a(),
                    at.b(),
                    descriptor.b(),
                    beta,
                    addend,
                    descriptor.d(),
                    at.d(),
                    descriptor.d(),
                    known.algorithm().address(),
                    known.workspaceBytes() == 0 ? 0L : workspace,
                    known.workspaceBytes(),
                    stream);
            if (status != 0) {
                lt.check(status, "making " + product);
            }
        } catch (Throwable failure) {
            throw FunctionTable.unexpected(CublasLtFunction.MATMUL, failure);
        }
    }

    @Override
    public void close() {
        calls.enter();
        made.stream().filter(Objects::nonNull).forEach(one -> one.descriptor().close());
        made.clear();
        if (library != null) {
            library.close();
            library = null;
        }
    }
}
