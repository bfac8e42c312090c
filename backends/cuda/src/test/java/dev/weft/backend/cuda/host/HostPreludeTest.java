package dev.weft.backend.cuda.host;

import static dev.weft.backend.cuda.host.HostRun.get;
import static dev.weft.backend.cuda.host.HostRun.kernel;
import static dev.weft.backend.cuda.host.HostRun.put;
import static dev.weft.backend.cuda.host.HostRun.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.graph.type.ElementType;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** The host twins of the prelude's functions give the bits that are expected of the GPU. */
class HostPreludeTest {
    private static final int NAN_BITS = 0x7fff_ffff;
    private static final int COUNT = 1 << 16;

    /** What the kernel's expression of the bits {@code x} gives for each of them. */
    private static int[] apply(String expression, int[] inputs) {
        Source kernel = kernel(
                "apply",
                2,
                "KERNEL void apply(const u32* in, u32* out) { i64 i = block() * threads() + thread(); u32 x = in[i]; out[i] = "
                        + expression + "; }");
        try (HostDevice device = HostDevice.open(1 << 20, Order.FORWARD)) {
            float[] bits = new float[inputs.length];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = Float.intBitsToFloat(inputs[i]);
            }
            long in = put(device, bits);
            long out = device.allocate((long) inputs.length * Integer.BYTES, "results");
            run(device, kernel, new Grid(inputs.length / 256, 256), in, out);
            float[] results = get(device, out, inputs.length);
            int[] words = new int[results.length];
            for (int i = 0; i < words.length; i++) {
                words[i] = Float.floatToRawIntBits(results[i]);
            }
            return words;
        }
    }

    private static int[] map(int[] inputs, IntUnaryOperator function) {
        return java.util.stream.IntStream.of(inputs).map(function).toArray();
    }

    private static int[] halves() {
        return java.util.stream.IntStream.range(0, COUNT).toArray();
    }

    /** Numbers of every exponent, ties between neighbouring 16-bit numbers among them. */
    private static int[] singles() {
        SplittableRandom random = new SplittableRandom(3);
        int[] bits = new int[COUNT];
        int[] fractions = {0, 0x1000, 0x3000, 0x8000, 0x18000, 0x0fff, 0x1001, 0x7fff, 0x8001, 0x7fffff};
        for (int i = 0; i < COUNT; i++) {
            int fraction = i % 2 == 0 ? random.nextInt() & 0x7fffff : fractions[random.nextInt(fractions.length)];
            bits[i] = random.nextInt(512) << 23 | fraction;
        }
        return bits;
    }

    private static int withOneNan(float value) {
        return Float.isNaN(value) ? NAN_BITS : Float.floatToRawIntBits(value);
    }

    @Test
    void sixteenBitsBecomeSingles() {
        assertThat(apply("as_bits(to_float(f16{(u16) x}))", halves()))
                .isEqualTo(map(halves(), bits -> withOneNan(Float.float16ToFloat((short) bits))));
        assertThat(apply("as_bits(to_float(bf16{(u16) x}))", halves())).isEqualTo(map(halves(), bits -> bits << 16));
    }

    @Test
    void singlesBecomeSixteenBits() {
        assertThat(apply("to_f16(as_float(x)).bits", singles())).isEqualTo(map(singles(), bits -> {
            float x = Float.intBitsToFloat(bits);
            return Float.isNaN(x) ? 0x7fff : Float.floatToFloat16(x) & 0xffff;
        }));
        assertThat(apply("to_bf16(as_float(x)).bits", singles())).isEqualTo(map(singles(), bits -> {
            float x = Float.intBitsToFloat(bits);
            return Float.isNaN(x) ? 0x7fff : Float.floatToRawIntBits((float) ElementType.BF16.round(x)) >>> 16;
        }));
    }

    @Test
    void extremesKnowTheSignOfZeroAndNan() {
        int[] others = {0, 0x8000_0000, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0x3f80_0000, 0xbf80_0000};
        for (int other : others) {
            float y = Float.intBitsToFloat(other);
            assertThat(apply(
                            "as_bits(maximum(as_float(x), as_float(%du)))".formatted(Integer.toUnsignedLong(other)),
                            singles()))
                    .isEqualTo(map(singles(), bits -> withDeviceNan(Math.max(Float.intBitsToFloat(bits), y))));
            assertThat(apply(
                            "as_bits(minimum(as_float(%du), as_float(x)))".formatted(Integer.toUnsignedLong(other)),
                            singles()))
                    .isEqualTo(map(singles(), bits -> withDeviceNan(Math.min(Float.intBitsToFloat(bits), y))));
        }
    }

    private static int withDeviceNan(float value) {
        return Float.isNaN(value) ? 0x7fff_ffff : Float.floatToRawIntBits(value);
    }

    @Test
    void shufflesExchangeLanesOfEveryType() {
        int[] numbers = halves();
        for (String type : new String[] {"i32", "u32", "i64", "float", "double"}) {
            assertThat(apply("(u32) shuffle_xor((%s) x, 5)".formatted(type), numbers))
                    .as(type)
                    .isEqualTo(map(numbers, x -> x ^ 5));
        }
    }

    @Test
    void functionsAreThoseOfTheLibrary() {
        int[] results = apply(
                "as_bits(expf(0) + tanhf(0) + erff(0) + cosf(0) + sqrtf(4) + powf(2, 3) + floorf(-0.5f) + copysignf(2, -1) + fabsf(-1))",
                new int[256]);
        assertThat(results).containsOnly(Float.floatToRawIntBits(1 + 0 + 0 + 1 + 2 + 8 - 1 - 2 + 1));
    }
}
