package dev.weft.backend.cuda.absent;

import dev.weft.backend.cuda.absent.Hazards.Access;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Epilogue;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.graph.DefectException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Products, and whether their matrices lie where they may. There is one way to make each, which needs no workspace. */
final class ProductChecks {
    private static final byte[] ONLY_WAY = "described".getBytes(StandardCharsets.US_ASCII);

    private final AddressSpace memory;
    private final Map<Long, Multiplication> products = new HashMap<>();
    private long handles;

    ProductChecks(AddressSpace memory) {
        this.memory = memory;
    }

    List<byte[]> algorithms(Multiplication product) {
        checkSizes(product);
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
        if (rows != d.rows() || columns != d.columns() || depth != product.depth()) {
            throw new DefectException("product: sizes must agree, got " + product);
        }
        for (Matrix matrix : List.of(a, b, d)) {
            if (matrix.leading() < matrix.rows() || matrix.count() != d.count() || matrix.count() < 1) {
                throw new DefectException(
                        "product: columns must not overlap and batches be equally long, got " + matrix);
            }
        }
    }

    /** Checks a product; says what it reads and writes. */
    List<Access> check(long handle, long a, long b, long c, long d, long bias) {
        Multiplication product = get(handle);
        List<Access> accesses = new ArrayList<>();
        checkAddress(product, "A of a product", a, bytes(product.a()));
        checkAddress(product, "B of a product", b, bytes(product.b()));
        checkAddress(product, "D of a product", d, bytes(product.d()));
        accesses.add(Access.read(a, bytes(product.a())));
        accesses.add(Access.read(b, bytes(product.b())));
        accesses.add(Access.write(d, bytes(product.d())));
        if (product.beta() == 1) {
            checkAddress(product, "C of a product", c, bytes(product.d()));
            accesses.add(Access.read(c, bytes(product.d())));
        }
        if (product.epilogue() == Epilogue.BIAS) {
            long bytes = product.d().rows() * product.d().element().bytes();
            checkAddress(product, "the bias of a product", bias, bytes);
            accesses.add(Access.read(bias, bytes));
        } else if (bias != 0) {
            throw new DefectException("product: one without a bias must get none");
        }
        return accesses;
    }

    private void checkAddress(Multiplication product, String what, long address, long bytes) {
        memory.check(what, address, bytes);
        if (address % product.alignment() != 0) {
            throw new DefectException("product: addresses must be multiples of " + product.alignment()
                    + ", as was said when it was made, but " + what + " is not");
        }
    }

    /** From the first element to the last. */
    private static long bytes(Matrix matrix) {
        long last = (matrix.count() - 1) * matrix.step() + (matrix.columns() - 1) * matrix.leading() + matrix.rows();
        return last * matrix.element().bytes();
    }
}
