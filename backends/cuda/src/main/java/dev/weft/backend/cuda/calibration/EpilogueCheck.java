package dev.weft.backend.cuda.calibration;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Epilogue.Auxiliary;
import dev.weft.backend.cuda.device.Epilogue.Vector;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.backend.cuda.runtime.Held;
import dev.weft.graph.DefectException;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;

/**
 * That a product with an epilogue, of types that programs ask for, is what {@link Epilogue} says. Factors are small multiples of a power of
 * two, so that all sums are exact whatever their order.
 */
record EpilogueCheck(Epilogue epilogue, ElementType from, ElementType to, int beta) {
    private static final int ROWS = 48;
    private static final int COLUMNS = 40;
    private static final int DEPTH = 64;
    private static final int STEPS = 64;
    private static final int MOST_WAYS = 4;
    private static final long WORKSPACE_BYTES = 1 << 20;
    private static final double F32 = 1e-4;
    private static final double BF16 = 1e-2;

    static List<EpilogueCheck> all() {
        List<EpilogueCheck> all = new ArrayList<>();
        for (ElementType type : List.of(ElementType.F32, ElementType.BF16)) {
            for (Epilogue epilogue : Epilogue.values()) {
                // Gradients of weights, and sums of what they are made of, are stored in f32.
                ElementType stored = epilogue.vector().isWritten() ? ElementType.F32 : type;
                all.add(new EpilogueCheck(epilogue, type, stored, 0));
            }
            all.add(new EpilogueCheck(Epilogue.NONE, type, type, 1));
            all.add(new EpilogueCheck(Epilogue.BIAS, type, type, 1));
        }
        return List.copyOf(all);
    }

    /** The call of every check, for {@link CallCheck}. */
    static void every(Device device) {
        List<String> wrong = all().stream()
                .map(check -> check.wrong(device))
                .filter(sentence -> !sentence.isEmpty())
                .toList();
        if (!wrong.isEmpty()) {
            throw new DefectException(String.join("; ", wrong));
        }
    }

    /** What a device does not offer, so that kernels do it. */
    static String notOffered(Device device) {
        return all().stream()
                .filter(check ->
                        check.epilogue != Epilogue.NONE && check.ways(device).isEmpty())
                .map(EpilogueCheck::toString)
                .collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return epilogue + " of " + from + (from == to ? "" : " to " + to) + (beta == 0 ? "" : " with an addend");
    }

    private boolean transposesA() {
        return epilogue.vector() == Vector.NONE || epilogue.vector() == Vector.ADDED;
    }

    private boolean transposesB() {
        return epilogue.vector() == Vector.ROWS_OF_A || epilogue.vector() == Vector.COLUMNS_OF_B;
    }

    private Multiplication product() {
        boolean a = transposesA();
        boolean b = transposesB();
        return new Multiplication(
                from == ElementType.F32 ? Compute.F32 : Compute.SMALL,
                a ? matrix(from, DEPTH, ROWS) : matrix(from, ROWS, DEPTH),
                a,
                b ? matrix(from, COLUMNS, DEPTH) : matrix(from, DEPTH, COLUMNS),
                b,
                matrix(to, ROWS, COLUMNS),
                beta,
                epilogue,
                epilogue.auxiliary() == Auxiliary.NONE ? 0 : ROWS,
                256);
    }

    private static Matrix matrix(ElementType element, int rows, int columns) {
        return new Matrix(element, rows, columns, rows, 1, 0);
    }

    private List<byte[]> ways(Device device) {
        return device.algorithms(product(), WORKSPACE_BYTES, MOST_WAYS);
    }

    /** Numbers, column after column, and their bytes on the device. */
    private record Block(float[] numbers, ElementType element, long address, MemorySegment bytes) {

        /** @param seed of random numbers; 0 for NaN, which must be written over */
        static Block of(Held held, ElementType element, int count, int seed) {
            Random random = new Random(seed);
            float[] numbers = new float[count];
            long size = (long) count * element.bytes();
            MemorySegment bytes = held.pinned(size, "numbers");
            for (int i = 0; i < count; i++) {
                numbers[i] = seed == 0 ? Float.NaN : (random.nextInt(STEPS) - STEPS / 2) / (float) STEPS;
                int bits = Float.floatToRawIntBits(numbers[i]);
                if (element == ElementType.F32) {
                    bytes.setAtIndex(ValueLayout.JAVA_INT, i, bits);
                } else {
                    bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (bits >>> Short.SIZE));
                }
            }
            return new Block(numbers, element, held.memory(size, "numbers"), bytes);
        }

        float got(int index) {
            return element == ElementType.F32
                    ? bytes.getAtIndex(ValueLayout.JAVA_FLOAT, index)
                    : Float.intBitsToFloat(bytes.getAtIndex(ValueLayout.JAVA_SHORT, index) << Short.SIZE);
        }
    }

    /** Empty if every way that is offered is right, else a sentence. */
    String wrong(Device device) {
        for (byte[] way : ways(device)) {
            try (Held held = new Held(device)) {
                String sentence = wrong(held, held.product(product(), way));
                if (!sentence.isEmpty()) {
                    return this + ": " + sentence;
                }
            } catch (RuntimeException failed) {
                return this + ": " + failed.getMessage();
            }
        }
        return "";
    }

    private String wrong(Held held, long product) {
        Device device = held.device();
        long stream = held.stream();
        boolean writes = epilogue.vector().isWritten();
        boolean keeps = epilogue.auxiliary() == Auxiliary.WRITTEN;
        Block a = Block.of(held, from, ROWS * DEPTH, 1);
        Block b = Block.of(held, from, COLUMNS * DEPTH, 2);
        Block c = Block.of(held, to, ROWS * COLUMNS, 3);
        Block vector = Block.of(held, to, Math.max(ROWS, COLUMNS), writes ? 0 : 4);
        Block auxiliary = Block.of(held, to, ROWS * COLUMNS, keeps ? 0 : 5);
        Block d = Block.of(held, to, ROWS * COLUMNS, 0);
        List<Block> all = List.of(a, b, c, vector, auxiliary, d);
        all.forEach(block -> device.copyIn(stream, block.address(), block.bytes()));
        Addresses at = new Addresses(
                a.address(),
                b.address(),
                beta == 0 ? 0 : c.address(),
                d.address(),
                epilogue.vector() == Vector.NONE ? 0 : vector.address(),
                epilogue.auxiliary() == Auxiliary.NONE ? 0 : auxiliary.address());
        device.multiply(stream, product, at, held.memory(WORKSPACE_BYTES, "a workspace"));
        all.forEach(block -> device.copyOut(stream, block.bytes(), block.address()));
        device.synchronize(stream);

        double[] x = sums(a, b, c, vector);
        String result =
                compare("D", ROWS * COLUMNS, d, i -> finished(x[i], auxiliary.numbers()[i]));
        String kept = keeps ? compare("the auxiliary matrix", ROWS * COLUMNS, auxiliary, i -> x[i]) : "";
        String summed = writes ? compare("the vector", sumCount(), vector, i -> sumOfTerms(a, b, i)) : "";
        return result.isEmpty() ? kept.isEmpty() ? summed : kept : result;
    }

    private static float a(Block a, boolean transposed, int row, int k) {
        return a.numbers()[transposed ? row * DEPTH + k : k * ROWS + row];
    }

    private static float b(Block b, boolean transposed, int k, int column) {
        return b.numbers()[transposed ? k * COLUMNS + column : column * DEPTH + k];
    }

    /** What the epilogue is applied to, with what is added. */
    private double[] sums(Block a, Block b, Block c, Block vector) {
        double[] sums = new double[ROWS * COLUMNS];
        for (int i = 0; i < sums.length; i++) {
            int row = i % ROWS;
            double sum = epilogue.vector() == Vector.ADDED ? vector.numbers()[row] : 0;
            sum += beta == 0 ? 0 : c.numbers()[i];
            for (int k = 0; k < DEPTH; k++) {
                sum += (double) a(a, transposesA(), row, k) * b(b, transposesB(), k, i / ROWS);
            }
            sums[i] = sum;
        }
        return sums;
    }

    private int sumCount() {
        return epilogue.vector() == Vector.ROWS_OF_A ? ROWS : COLUMNS;
    }

    private double sumOfTerms(Block a, Block b, int index) {
        double sum = 0;
        for (int k = 0; k < DEPTH; k++) {
            sum += epilogue.vector() == Vector.ROWS_OF_A
                    ? a(a, transposesA(), index, k)
                    : b(b, transposesB(), k, index);
        }
        return sum;
    }

    private double finished(double x, double auxiliary) {
        return switch (epilogue) {
            case NONE, BIAS, BGRADA, BGRADB -> x;
            case GELU, GELU_BIAS, GELU_AUX, GELU_AUX_BIAS -> x / 2 * (1 + tanh(x));
            case DGELU -> x * slope(auxiliary);
        };
    }

    private static double tanh(double x) {
        return Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
    }

    private static double slope(double z) {
        double t = tanh(z);
        return (1 + t) / 2 + z / 2 * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * z * z);
    }

    private String compare(String what, int count, Block got, IntToDoubleFunction wanted) {
        double allowed = to == ElementType.F32 ? F32 : BF16;
        for (int i = 0; i < count; i++) {
            double right = wanted.applyAsDouble(i);
            double off = Math.abs(got.got(i) - right);
            if (!(off <= allowed * Math.max(1, Math.abs(right)))) { // NaN is never right
                return "element %d of %s must be %.6g, got %.6g".formatted(i, what, right, got.got(i));
            }
        }
        return "";
    }
}
