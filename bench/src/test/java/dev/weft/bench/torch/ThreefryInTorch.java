package dev.weft.bench.torch;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Threefry-2x32-20 (Salmon et al., SC 2011, section 4.2 and table 2) on i64 tensors that hold 32-bit words, all counters at once.
 * Written from the paper, beside the one that Weft uses.
 */
final class ThreefryInTorch {

    private static final long WORD = 0xffff_ffffL;
    private static final int[][] ROTATE = {{13, 15, 26, 6}, {17, 29, 16, 24}};

    private ThreefryInTorch() {}

    /** Uniform in [0, 1), one for each row-major position of {@code sizes}. */
    static Tensor uniform(Tensor seed, Tensor step, String stream, long[] sizes) {
        long hash = fnv1a(stream);
        long key0 = (seed.to(ScalarType.Long).item_long() ^ hash) & WORD;
        long key1 = (step.to(ScalarType.Long).item_long() ^ (hash >>> 32)) & WORD;
        long count = Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
        Tensor counter = torch.arange(new Scalar(count)).to(ScalarType.Long);
        Tensor bits = encrypt(counter, key0, key1);
        Tensor upper = bits.bitwise_right_shift(new Scalar(8L));
        return upper.to(ScalarType.Double).mul(new Scalar(0x1p-24)).reshape(sizes);
    }

    private static Tensor encrypt(Tensor counter, long key0, long key1) {
        long[] key = {key0, key1, (0x1BD11BDAL ^ key0 ^ key1) & WORD};
        Tensor x0 = plus(counter, key[0]);
        Tensor x1 = torch.full(new long[] {counter.numel()}, new Scalar(key[1])).to(ScalarType.Long);
        for (int round = 0; round < 20; round++) {
            x0 = word(x0.add(x1));
            x1 = rotate(x1, ROTATE[round / 4 % 2][round % 4]).bitwise_xor(x0);
            if (round % 4 == 3) {
                int injection = round / 4 + 1;
                x0 = plus(x0, key[injection % 3]);
                x1 = plus(x1, key[(injection + 1) % 3] + injection);
            }
        }
        return x0;
    }

    private static Tensor rotate(Tensor x, long by) {
        Tensor left = word(x.bitwise_left_shift(new Scalar(by)));
        return left.bitwise_or(x.bitwise_right_shift(new Scalar(32 - by)));
    }

    private static Tensor plus(Tensor x, long y) {
        return word(x.add(new Scalar(y)));
    }

    private static Tensor word(Tensor x) {
        return x.bitwise_and(new Scalar(WORD));
    }

    /** 64-bit FNV-1a (RFC 9923) in whole numbers, reduced modulo 2⁶⁴ at each byte. */
    private static long fnv1a(String text) {
        BigInteger prime = new BigInteger("1099511628211");
        BigInteger modulus = BigInteger.TWO.pow(64);
        BigInteger hash = new BigInteger("14695981039346656037");
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = hash.xor(BigInteger.valueOf(b & 0xff)).multiply(prime).mod(modulus);
        }
        return hash.longValue();
    }
}
