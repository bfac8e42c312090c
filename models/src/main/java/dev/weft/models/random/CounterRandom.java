package dev.weft.models.random;

/**
 * A counter-based generator: SplitMix64's output function, chained over the coordinates.
 *
 * <pre>
 *   mix(z) = z ^= z >>> 30, z *= 0xbf58476d1ce4e5b9, z ^= z >>> 27, z *= 0x94d049bb133111eb, z ^ z >>> 31
 *   bits(c1, …, cn) = h_n    where h_0 = mix(seed + G), h_i = mix((h_{i-1} ^ c_i) + G), G = 0x9e3779b97f4a7c15
 * </pre>
 *
 * (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.) The definition is part of what a run
 * repeats: it may not change.
 *
 * @param seed any number
 */
public record CounterRandom(long seed) {

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    /** 64 random bits for these coordinates. */
    public long bits(long... coordinates) {
        long hash = mix(seed + GOLDEN);
        for (long coordinate : coordinates) {
            hash = mix((hash ^ coordinate) + GOLDEN);
        }
        return hash;
    }

    /** Uniform in [0, 1), a multiple of 2^-53. */
    public double uniform(long... coordinates) {
        return (bits(coordinates) >>> 11) * 0x1p-53;
    }

    /** Uniform in [0, {@code bound}): the upper 64 bits of {@code bits · bound}; the bias is below bound / 2^64. */
    public long below(long bound, long... coordinates) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound: must be positive, got " + bound);
        }
        return Math.unsignedMultiplyHigh(bits(coordinates), bound);
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
