package dev.weft.backend.cuda.calibration;

import dev.weft.backend.cuda.device.KernelCompiler.Source;
import java.util.List;

/**
 * A function and what is asked of it.
 *
 * @param name by which its numbers are kept
 * @param text statements that make {@code r[0]}, {@code r[1]}, … of the thread's number {@code x} (a u32) and its {@code f}, a float between -4 and 4
 * @param words that a thread makes
 * @param units in the last place that two devices may differ by; 0 where every bit is promised
 */
record Case(String name, String text, int words, int units) {

    /** Threads of the one block. */
    static final int THREADS = 256;

    private static final int CONVERTED = 2;

    /** All that there are. What CUDA's manual promises for its functions counts twice: the twin has an error of its own. */
    static List<Case> all() {
        return List.of(
                new Case("to_float_bf16", "r[0] = as_bits(to_float(bf16{(u16) x}));", 1, 0),
                new Case("to_float_f16", "r[0] = as_bits(to_float(f16{(u16) x}));", 1, 0),
                new Case("to_bf16", "r[0] = to_bf16(as_float(x)).bits; r[1] = to_bf16(f).bits;", CONVERTED, 0),
                new Case("to_f16", "r[0] = to_f16(as_float(x)).bits; r[1] = to_f16(f).bits;", CONVERTED, 0),
                new Case("rounding", "r[0] = as_bits(round_bf16(f)); r[1] = as_bits(round_f16(f));", 2, 0),
                new Case(
                        "shuffle_xor",
                        "r[0] = shuffle_xor(x, 1); r[1] = (u32) shuffle_xor((i32) x, 2); r[2] = as_bits(shuffle_xor(f, 4));"
                                + " i64 wide = shuffle_xor((i64) x * 0x100000001ll, 8); r[3] = (u32) (wide >> 32);"
                                + " r[4] = as_bits((float) shuffle_xor((double) f, 16));",
                        5,
                        0),
                new Case("extremes", extremes(), 4, 0),
                new Case(
                        "integers",
                        "r[0] = (u32) floor_div((i32) x, 7); r[1] = (u32) floor_mod((i64) (i32) x, (i64) -5); r[2] = (u32) to_i32(f * 1e9);"
                                + " r[3] = (u32) to_i8(f * 40) & 0xff; r[4] = to_u8(f * 80);",
                        5,
                        0),
                new Case("uniform", "r[0] = as_bits(uniform(x, x ^ 0x9e3779b9u, x * 2654435761ull));", 1, 0),
                new Case("of_warp", "r[0] = as_bits(of_warp(Sum<float>{f}).value);", 1, 0),
                new Case(
                        "packs",
                        "Pack<float, 4> pack = load<4>((const float*) in + thread() / 4 * 4);"
                                + " r[0] = as_bits(pack.at[0]); r[1] = as_bits(pack.at[3]);",
                        2,
                        0),
                new Case(
                        "sixteen",
                        "store_16((Sixteen*) out + thread(), load_16((const Sixteen*) in + thread() / 4));"
                                + " for (i32 i = 0; i < 4; i++) r[i] = ((volatile u32*) out)[thread() * 4 + i];",
                        4,
                        0),
                new Case(
                        "sqrt",
                        "r[0] = as_bits(sqrtf(f * f)); r[1] = as_bits(1 / f); r[2] = as_bits(fmaf(f, f, f));",
                        3,
                        0),
                new Case(
                        "rounded",
                        "r[0] = as_bits(floorf(f)); r[1] = as_bits(rintf(f)); r[2] = as_bits(fabsf(f));",
                        3,
                        0),
                new Case("matrices", matrices(), 8, 0),
                new Case("multiply_add", products(), 5, 0),
                new Case("expf", "r[0] = as_bits(expf(f));", 1, 4),
                new Case("logf", "r[0] = as_bits(logf(f * f));", 1, 2),
                new Case("tanhf", "r[0] = as_bits(tanhf(f));", 1, 4),
                new Case("erff", "r[0] = as_bits(erff(f));", 1, 4),
                new Case("sinf", "r[0] = as_bits(sinf(f));", 1, 4),
                new Case("cosf", "r[0] = as_bits(cosf(f));", 1, 4),
                new Case("powf", "r[0] = as_bits(powf(f * f, 0.75f));", 1, 8));
    }

    /** Sixteen bytes of each thread go to shared memory; a warp's 512 are four matrices. */
    private static String matrices() {
        return "alignas(16) SHARED u32 tile[1024]; copy_async(tile + thread() * 4, in + thread() % 64 * 4); commit_copies();"
                + " await_copies(); sync(); u32 a[4], t[4]; load_matrices(a, tile + thread() * 4);"
                + " load_matrices_transposed(t, tile + thread() * 4);"
                + " for (i32 i = 0; i < 4; i++) { r[i] = a[i]; r[4 + i] = t[i]; }";
    }

    /** Whole numbers so small that every sum is exact, in whatever order it is made. */
    private static String products() {
        return "u32 a[4]; for (i32 i = 0; i < 4; i++) a[i] = pack_bf16((float) (x >> i & 7), -(float) (x >> (i + 3) & 7));"
                + " float d[4] = {0, 1, 2, 3}; r[4] = pack_bf16(f, f * f);"
                + " multiply_add(d, a, pack_bf16((float) (x >> 9 & 7), 1), pack_bf16(2, (float) (x >> 12 & 7)));"
                + " for (i32 i = 0; i < 4; i++) r[i] = as_bits(d[i]);";
    }

    private static String extremes() {
        return "float y = as_float(x ^ 0x80000000u); r[0] = as_bits(maximum(f, y)); r[1] = as_bits(minimum(f, y));"
                + " r[2] = as_bits(maximum(0.0f, f * 0)); r[3] = as_bits(sign(f));";
    }

    /** Its name among the functions of the prelude. */
    String kernel() {
        return "case_" + name;
    }

    Source source() {
        return new Source(kernel(), """
                KERNEL void %s(const u32* in, u32* out) {
                    u32 x = in[thread()];
                    float f = (as_float((x & 0x7fffffu) | 0x3f800000u) - 1.5f) * 8;
                    u32 r[%d];
                    %s
                    for (i32 i = 0; i < %d; i++) out[thread() * %d + i] = r[i];
                }
                """.formatted(kernel(), words, text, words, words), 2);
    }
}
