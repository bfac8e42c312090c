package dev.weft.backend.cuda.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What cuBLASLt is told of products, by one that is in Java. */
class ProductsTest {
    private static final Matrix WEIGHTS = new Matrix(ElementType.BF16, 768, 64, 768, 12, 768 * 64);
    private static final Matrix INPUTS = new Matrix(ElementType.BF16, 768, 32, 800, 12, 25_600);
    private static final Matrix RESULTS = new Matrix(ElementType.F32, 64, 32, 64, 12, 2048);
    private static final Multiplication PRODUCT =
            new Multiplication(Compute.SMALL, WEIGHTS, true, INPUTS, false, RESULTS, 1, Epilogue.BIAS, 0, 32);

    private final List<String> calls = new ArrayList<>();
    private long version = 130_002;
    private int ways = 3;
    private long handles = 100;

    private final DriverDevice device = DriverDevice.of(
            new JavaDriver().open(),
            0,
            Libraries.in(List.of()),
            () -> new JavaLibrary<>(CublasLtFunction.class, this::call));

    @AfterEach
    void close() {
        device.close();
    }

    private long call(CublasLtFunction function, long... arguments) {
        return switch (function) {
            case VERSION -> version;
            case STATUS_NAME, STATUS_TEXT -> JavaLibrary.text("status");
            case CREATE, PREFERENCE_CREATE -> handle(arguments);
            case DESCRIPTOR_CREATE -> {
                calls.add("operation %d scale %d".formatted(arguments[1], arguments[2]));
                yield handle(arguments);
            }
            case LAYOUT_CREATE -> {
                calls.add("layout type %d, %d x %d, leading %d"
                        .formatted(arguments[1], arguments[2], arguments[3], arguments[4]));
                yield handle(arguments);
            }
            case DESCRIPTOR_SET, LAYOUT_SET, PREFERENCE_SET -> {
                calls.add("%s %d = %d".formatted(function, arguments[1], value(arguments[2], arguments[3])));
                yield 0;
            }
            case HEURISTIC -> heuristic(arguments);
            case MATMUL -> {
                calls.add("matmul alpha %s beta %s A %d B %d C %d D %d workspace %d of %d, algorithm %d, stream %d"
                        .formatted(
                                number(arguments[2]),
                                number(arguments[7]),
                                arguments[3],
                                arguments[5],
                                arguments[8],
                                arguments[10],
                                arguments[13],
                                arguments[14],
                                JavaLibrary.read(arguments[12]),
                                arguments[15]));
                yield 0;
            }
            case DESTROY, DESCRIPTOR_DESTROY, LAYOUT_DESTROY, PREFERENCE_DESTROY -> {
                calls.add(function.name());
                yield 0;
            }
        };
    }

    private long handle(long... arguments) {
        JavaLibrary.write(arguments[0], handles++);
        return 0;
    }

    private static long value(long address, long bytes) {
        return bytes == Integer.BYTES
                ? JavaLibrary.at(address, bytes).get(ValueLayout.JAVA_INT, 0)
                : JavaLibrary.at(address, bytes).get(ValueLayout.JAVA_LONG, 0);
    }

    private static float number(long address) {
        return JavaLibrary.at(address, Float.BYTES).get(ValueLayout.JAVA_FLOAT, 0);
    }

    /** Results as the library lays them out: an algorithm of 64 bytes, its workspace, a status, and 20 bytes that are not read. */
    private long heuristic(long... arguments) {
        int count = (int) Math.min(ways, arguments[7]);
        MemorySegment results = JavaLibrary.at(arguments[8], 96L * count);
        for (int i = 0; i < count; i++) {
            results.set(ValueLayout.JAVA_LONG, i * 96L, 1000 + i);
            results.set(ValueLayout.JAVA_LONG, i * 96L + 64, 512L * i);
            results.set(ValueLayout.JAVA_INT, i * 96L + 72, i == 1 ? 15 : 0);
        }
        JavaLibrary.write(arguments[9], count);
        return count == 0 ? 15 : 0;
    }

    @Test
    void describesTheProductAndHowItsAddressesAreAligned() {
        device.algorithms(PRODUCT, 4096, 8);
        assertThat(calls)
                .containsExactly(
                        "operation 68 scale 0",
                        "DESCRIPTOR_SET 3 = 1",
                        "DESCRIPTOR_SET 4 = 0",
                        "DESCRIPTOR_SET 7 = 4",
                        "DESCRIPTOR_SET 8 = 32",
                        "layout type 14, 768 x 64, leading 768",
                        "LAYOUT_SET 5 = 12",
                        "LAYOUT_SET 6 = 49152",
                        "layout type 14, 768 x 32, leading 800",
                        "LAYOUT_SET 5 = 12",
                        "LAYOUT_SET 6 = 25600",
                        "layout type 0, 64 x 32, leading 64",
                        "LAYOUT_SET 5 = 12",
                        "LAYOUT_SET 6 = 2048",
                        "PREFERENCE_SET 1 = 4096",
                        "PREFERENCE_SET 3 = 2",
                        "PREFERENCE_SET 5 = 32",
                        "PREFERENCE_SET 6 = 32",
                        "PREFERENCE_SET 7 = 32",
                        "PREFERENCE_SET 8 = 32",
                        "LAYOUT_DESTROY",
                        "LAYOUT_DESTROY",
                        "LAYOUT_DESTROY",
                        "DESCRIPTOR_DESTROY",
                        "PREFERENCE_DESTROY");
    }

    @Test
    void onlyWaysThatWorkAreNamed() {
        List<byte[]> found = device.algorithms(PRODUCT, 4096, 8);
        assertThat(found)
                .extracting(bytes -> Algorithm.of(bytes).workspaceBytes())
                .containsExactly(0L, 1024L);
        assertThat(device.algorithms(PRODUCT, 1000, 8)).hasSize(1);
        ways = 0;
        Multiplication plain =
                new Multiplication(Compute.SMALL, WEIGHTS, true, INPUTS, false, RESULTS, 1, Epilogue.NONE);
        assertThatThrownBy(() -> device.algorithms(plain, 4096, 8))
                .isInstanceOf(MachineException.class)
                .hasMessageStartingWith("product: cuBLASLt 130002 has no way to make Multiplication");
    }

    @Test
    void multiplies() {
        long product =
                device.product(PRODUCT, device.algorithms(PRODUCT, 4096, 8).getLast());
        calls.clear();
        device.multiply(9, product, new Addresses(64, 128, 192, 256, 320, 0), 4096);
        assertThat(calls)
                .containsExactly(
                        "DESCRIPTOR_SET 8 = 320",
                        "matmul alpha 1.0 beta 1.0 A 64 B 128 C 192 D 256 workspace 4096 of 1024, algorithm 1002, stream 9");
        assertThatThrownBy(() -> device.multiply(9, product, new Addresses(64, 128, 192, 272, 320, 0), 4096))
                .isInstanceOf(DefectException.class)
                .hasMessageContaining("addresses must be multiples of 32");
        calls.clear();
        device.endProduct(product);
        assertThat(calls).hasSize(4);
        assertThatThrownBy(() -> device.endProduct(product)).isInstanceOf(DefectException.class);
    }

    @Test
    void withoutAnAddendTheResultStandsInForIt() {
        Matrix square = new Matrix(ElementType.F32, 8, 8, 8, 1, 0);
        Multiplication plain = new Multiplication(Compute.TF32, square, false, square, false, square, 0, Epilogue.NONE);
        long product = device.product(plain, device.algorithms(plain, 0, 1).getFirst());
        assertThat(calls).contains("operation 77 scale 0").doesNotContain("DESCRIPTOR_SET 7 = 4", "LAYOUT_SET 5 = 1");
        calls.clear();
        device.multiply(9, product, new Addresses(64, 128, 0, 256), 0);
        assertThat(calls)
                .containsExactly(
                        "matmul alpha 1.0 beta 0.0 A 64 B 128 C 256 D 256 workspace 0 of 0, algorithm 1000, stream 9");
    }

    @Test
    void aWayOfAnotherVersionIsRefused() {
        byte[] old = new Algorithm(120_900, 0, new byte[Algorithm.OPAQUE_BYTES]).bytes();
        assertThatThrownBy(() -> device.product(PRODUCT, old))
                .isInstanceOf(MachineException.class)
                .hasMessage("product: how it is made was chosen with cuBLASLt 120900, but this machine has 130002;"
                        + " choose again, which can change last bits");
    }

    @Test
    void anAuxiliaryMatrixIsSaidWithItsLeadingDimension() {
        Matrix square = new Matrix(ElementType.BF16, 64, 64, 64, 1, 0);
        Multiplication gelu = new Multiplication(
                Compute.SMALL, square, false, square, false, square, 0, Epilogue.GELU_AUX_BIAS, 72, 16);
        long product = device.product(gelu, device.algorithms(gelu, 0, 1).getFirst());
        assertThat(calls)
                .containsSubsequence(
                        "DESCRIPTOR_SET 7 = 164",
                        "DESCRIPTOR_SET 8 = 16",
                        "DESCRIPTOR_SET 11 = 16",
                        "DESCRIPTOR_SET 12 = 72");
        calls.clear();
        device.multiply(9, product, new Addresses(64, 128, 0, 256, 512, 1024), 0);
        assertThat(calls).startsWith("DESCRIPTOR_SET 8 = 512", "DESCRIPTOR_SET 11 = 1024");
    }

    @Test
    void anEpilogueThatTheLibraryLacksIsNoFailure() {
        ways = 0;
        assertThat(device.algorithms(PRODUCT, 4096, 8)).isEmpty();
    }
}
