package dev.weft.backend.cuda.absent;

import dev.weft.backend.cuda.absent.Hazards.Access;
import dev.weft.backend.cuda.device.Epilogue.Auxiliary;
import dev.weft.backend.cuda.device.Epilogue.Vector;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.graph.DefectException;
import dev.weft.graph.type.ElementType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Products, and whether their matrices lie where they may. There is one way to make each, which needs all workspace that is offered. */
final class ProductChecks {
    private static final byte[] ONLY_WAY = "described".getBytes(StandardCharsets.US_ASCII);

    private final AddressSpace memory;
    private final Map<Long, Multiplication> products = new HashMap<>();
    private final Map<Multiplication, Long> workspaces = new HashMap<>();
    private long handles;

    ProductChecks(AddressSpace memory) {
        this.memory = memory;
    }

    List<byte[]> algorithms(Multiplication product, long workspaceBytes) {
        checkSizes(product);
        workspaces.put(product, workspaceBytes);
        return List.of(ONLY_WAY.clone());
    }

    long make(Multiplication product, byte[] algorithm) {
        if (!Arrays.equals(algorithm, ONLY_WAY)) {
            throw new DefectException("product: it must be made in a way that this device named");
        }
        checkSizes(product);
        products.put(++handles, product);
        return handles;
    }

    void end(long product) {
        get(product);
        products.remove(product);
    }

    private Multiplication get(long handle) {
        Multiplication product = products.get(handle);
        if (product == null) {
            throw new DefectException("product: it must have been made and not ended, got handle " + handle);
        }
        return product;
    }

    private static void checkSizes(Multiplication product) {
        Matrix a = product.a();
        Matrix b = product.b();
        Matrix d = product.d();
        long rows = product.transposeA() ? a.columns() : a.rows();
        long columns = product.transposeB() ? b.rows() : b.columns();
        long depth = product.transposeB() ? b.columns() : b.rows();
        if (rows < 1 || columns < 1 || depth < 1) {
            throw new DefectException("product: matrices must not be empty, got " + product);
        }
        if (rows != d.rows() || columns != d.columns() || depth != product.depth()) {
            throw new DefectException("product: sizes must agree, got " + product);
        }
        if (!elementsFit(product)) {
            throw new DefectException("product: elements must be those of the way to compute, got " + product);
        }
        for (Matrix matrix : List.of(a, b, d)) {
            if (matrix.leading() < matrix.rows() || matrix.count() != d.count() || matrix.count() < 1) {
                throw new DefectException(
                        "product: columns must not overlap and batches be equally long, got " + matrix);
            }
        }
    }

    /** Combinations that cuBLASLt multiplies, all of them with every epilogue. */
    private static boolean elementsFit(Multiplication product) {
        ElementType a = product.a().element();
        ElementType d = product.d().element();
        return a == product.b().element()
                && switch (product.compute()) {
                    case F32, TF32 -> a == ElementType.F32 && d == a;
                    case SMALL -> (a == ElementType.BF16 || a == ElementType.F16) && (d == a || d == ElementType.F32);
                    case F64 -> a == ElementType.F64 && d == a;
                };
    }

    /** Checks a product; says what it reads and writes. */
    List<Access> check(long handle, Addresses at, long workspace) {
        Multiplication product = get(handle);
        List<Access> accesses = new ArrayList<>();
        long room = workspaces.getOrDefault(product, 0L);
        if (room > 0) {
            memory.check("the workspace of a product", workspace, room);
            if (workspace % AddressSpace.ALIGNMENT != 0) {
                throw new DefectException(
                        "product: its workspace must lie at a multiple of " + AddressSpace.ALIGNMENT + " bytes");
            }
            accesses.add(Access.write(workspace, room));
        }
        long result = product.d().bytes();
        access(accesses, product, false, "A of a product", at.a(), product.a().bytes());
        access(accesses, product, false, "B of a product", at.b(), product.b().bytes());
        access(accesses, product, true, "D of a product", at.d(), result);
        if (product.beta() == 1) {
            access(accesses, product, false, "C of a product", at.c(), result);
            requireApart(product, at.c() == at.d() ? 0 : result, "C of a product", at.c(), at.d());
        }
        Vector vector = product.epilogue().vector();
        if (vector == Vector.NONE) {
            requireNone("vector", at.vector());
        } else {
            long bytes = product.vectorLength() * product.d().element().bytes();
            access(accesses, product, vector.isWritten(), "the vector of a product", at.vector(), bytes);
            requireApart(product, bytes, "the vector of a product", at.vector(), at.d());
        }
        Auxiliary auxiliary = product.epilogue().auxiliary();
        if (auxiliary == Auxiliary.NONE) {
            requireNone("auxiliary matrix", at.auxiliary());
        } else {
            long bytes = product.auxiliary().bytes();
            boolean written = auxiliary == Auxiliary.WRITTEN;
            access(accesses, product, written, "the auxiliary matrix of a product", at.auxiliary(), bytes);
            requireApart(product, bytes, "the auxiliary matrix of a product", at.auxiliary(), at.d());
        }
        return accesses;
    }

    private void access(
            List<Access> accesses, Multiplication product, boolean written, String what, long address, long bytes) {
        checkAddress(product, what, address, bytes);
        accesses.add(written ? Access.write(address, bytes) : Access.read(address, bytes));
    }

    private static void requireNone(String what, long address) {
        if (address != 0) {
            throw new DefectException("product: one without its " + what + " must get none");
        }
    }

    /** What else a product reads or writes must not overlap its result. */
    private static void requireApart(Multiplication product, long bytes, String what, long address, long result) {
        if (address < result + product.d().bytes() && result < address + bytes) {
            throw new DefectException("product: " + what + " must not overlap D");
        }
    }

    private void checkAddress(Multiplication product, String what, long address, long bytes) {
        memory.check(what, address, bytes);
        if (address % product.alignment() != 0) {
            throw new DefectException("product: addresses must be multiples of " + product.alignment()
                    + ", as was said when it was made, but " + what + " is not");
        }
    }
}
