package dev.weft.backend.cuda.region;

import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.backend.cuda.epilogue.Ending;
import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.plan.Plan;
import dev.weft.graph.schedule.MatrixProduct;
import dev.weft.graph.schedule.MatrixProduct.Axis;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A dot_general as cuBLASLt is asked for it. Its matrices are column-major, ours row-major: it is asked for {@code cᵀ = bᵀ · aᵀ}, which
 * are the same bytes. One loop becomes the batch; others are calls of their own.
 */
final class Products {
    private static final long MOST_CALLS = 4096;

    private Products() {}

    /** The product as one of stored values, if cuBLASLt multiplies such elements; empty if not where they lie. */
    static Optional<MatrixProduct> of(Value value, Predicate<Value> isRoot) {
        return compute(value)
                .flatMap(how -> MatrixProduct.of(value, isRoot))
                .filter(product -> ended(product, Ending.none(value), false).isPresent());
    }

    /** Whether the product can be asked for as one call, so that what goes with it lies as it does. */
    static boolean isWhole(MatrixProduct product) {
        return product.loopCount() == 1 && product.m().c() == product.n().size();
    }

    /** @param tf32 whether terms in f32 are rounded to TF32 */
    static Optional<Work.Multiply> ended(MatrixProduct product, Ending ending, boolean tf32) {
        return compute(product.c())
                .map(how -> tf32 && how == Compute.F32 ? Compute.TF32 : how)
                .flatMap(how -> multiply(how, product, ending));
    }

    private static Optional<Compute> compute(Value product) {
        DotGeneral op = (DotGeneral) product.op();
        return compute(op.x().type().element(), op.element());
    }

    private static Optional<Compute> compute(ElementType from, ElementType to) {
        return switch (from) {
            case F32 -> to == ElementType.F32 ? Optional.of(Compute.F32) : Optional.empty();
            case F64 -> to == ElementType.F64 ? Optional.of(Compute.F64) : Optional.empty();
            case BF16, F16 -> to == ElementType.F32 || to == from ? Optional.of(Compute.SMALL) : Optional.empty();
            case I8, U8, I32, I64, BOOL -> Optional.empty();
        };
    }

    private static Optional<Work.Multiply> multiply(Compute compute, MatrixProduct product, Ending ending) {
        List<Axis> loops = new ArrayList<>(product.loops());
        Optional<Axis> batch = loops.stream().max(Comparator.comparingLong(Axis::size));
        batch.ifPresent(loops::remove);
        Axis around = batch.orElse(new Axis(1, 0, 0, 0));
        Axis m = product.m();
        Axis n = product.n();
        Axis k = product.k();
        int count = Math.toIntExact(around.size());
        ElementType from = product.a().type().element();
        ElementType to = ending.result().type().element();
        boolean leftAsIs = n.b() == 1 || n.size() == 1 && k.b() != 1;
        boolean rightAsIs = k.a() == 1 || k.size() == 1;
        Matrix left = leftAsIs
                ? matrix(from, n.size(), k.size(), k.b(), count, around.b())
                : matrix(from, k.size(), n.size(), n.b(), count, around.b());
        Matrix right = rightAsIs
                ? matrix(from, k.size(), m.size(), m.a(), count, around.a())
                : matrix(from, m.size(), k.size(), k.a(), count, around.a());
        Matrix result = matrix(to, n.size(), m.size(), m.c(), count, around.c());
        long calls = loops.stream().mapToLong(Axis::size).reduce(1, Math::multiplyExact);
        if (calls > MOST_CALLS || !isReadable(left) || !isReadable(right) || !isReadable(result)) {
            return Optional.empty();
        }
        List<Work.Places> places = places(
                loops,
                new Work.Places(product.offsetB() * from.bytes(), product.offsetA() * from.bytes(), 0),
                from.bytes(),
                to.bytes());
        Multiplication what = new Multiplication(
                compute,
                left,
                !leftAsIs,
                right,
                !rightAsIs,
                result,
                ending.addend() == null ? 0 : 1,
                ending.epilogue(),
                ending.auxiliary() == null ? 0 : result.leading(),
                alignment(places));
        return Optional.of(new Work.Multiply(what, product.b(), product.a(), ending, places));
    }

    /** Bytes of which all addresses are multiples: those of values are, and places within them may be multiples of less. */
    private static int alignment(List<Work.Places> places) {
        long all = Plan.ALIGNMENT;
        for (Work.Places at : places) {
            all |= at.left() | at.right() | at.result();
        }
        return Math.toIntExact(Long.lowestOneBit(all));
    }

    /** A matrix of one column may say any leading dimension that is long enough. */
    private static Matrix matrix(ElementType element, long rows, long columns, long leading, int count, long step) {
        return new Matrix(element, rows, columns, columns == 1 ? Math.max(rows, leading) : leading, count, step);
    }

    private static boolean isReadable(Matrix matrix) {
        return matrix.leading() >= matrix.rows();
    }

    private static List<Work.Places> places(List<Axis> loops, Work.Places start, int bytes, int resultBytes) {
        List<Work.Places> places = List.of(start);
        for (Axis loop : loops) {
            List<Work.Places> next = new ArrayList<>();
            for (Work.Places at : places) {
                for (long i = 0; i < loop.size(); i++) {
                    next.add(new Work.Places(
                            at.left() + i * loop.b() * bytes,
                            at.right() + i * loop.a() * bytes,
                            at.result() + i * loop.c() * resultBytes));
                }
            }
            places = next;
        }
        return places;
    }
}
