// The names of prelude.cuh, and of CUDA where kernels use its own, for a processor.
struct bf16 { u16 bits; };
struct f16 { u16 bits; };

// The object's list of kernels says where a kernel is; SHARED is defined anew before each kernel, with a section of its own.
#define KERNEL extern "C"
#define DEVICE static inline __attribute__((always_inline, unused))
#define DEVICE_MEMBER inline __attribute__((always_inline))
#define __launch_bounds__(...)

extern "C" {
#define MATH1(name) float name##f(float); double name(double);
#define MATH2(name) float name##f(float, float); double name(double, double);
MATH1(exp) MATH1(exp2) MATH1(expm1) MATH1(log) MATH1(log2) MATH1(log1p) MATH1(sqrt) MATH1(tanh) MATH1(erf) MATH1(sin) MATH1(cos)
MATH1(fabs) MATH1(floor) MATH1(ceil) MATH1(trunc) MATH1(rint) MATH1(round)
MATH2(pow) MATH2(fmod) MATH2(fmin) MATH2(fmax) MATH2(copysign)
#undef MATH1
#undef MATH2
float fmaf(float, float, float);
double fma(double, double, double);
}
DEVICE float rsqrtf(float x) { return (float) (1 / sqrt((double) x)); }

DEVICE i64 block() { return weft_position.block; }
DEVICE i64 block_y() { return weft_position.block_y; }
DEVICE i64 blocks() { return weft_position.blocks; }
DEVICE i32 thread() { return weft_position.thread; }
DEVICE i32 threads() { return weft_position.threads; }

// As many bytes as the launch says, aligned to 1024.
DEVICE u8* dynamic_shared() { return weft_dynamic; }

// Where a function waits for other threads is where it is called.
#define HERE const char *file = __builtin_FILE(), i32 line = __builtin_LINE()

DEVICE void sync(HERE) { weft_barrier(file, line); }

template <class T> struct Shuffle {
    T brought, got;
    i32 bits;
    static void work(void* const* lanes) {
        for (i32 i = 0; i < 32; i++) {
            Shuffle* lane = (Shuffle*) lanes[i];
            lane->got = ((Shuffle*) lanes[(i ^ lane->bits) & 31])->brought;
        }
    }
};
template <class T> DEVICE T shuffle_xor(T x, i32 bits, HERE) {
    Shuffle<T> lane{x, x, bits};
    weft_meet(&lane, Shuffle<T>::work, file, line);
    return lane.got;
}

struct alignas(16) Sixteen { u32 words[4]; };
DEVICE Sixteen load_16(const Sixteen* from) { return *from; }
DEVICE void store_16(Sixteen* to, Sixteen x) { *to = x; }

template <class T> DEVICE T* global(i64 address) { return (T*) address; }

DEVICE float as_float(u32 bits) { return __builtin_bit_cast(float, bits); }
DEVICE u32 as_bits(float x) { return __builtin_bit_cast(u32, x); }

// Equal floats have equal bits, but for the sign of zero.
DEVICE float maximum(float x, float y) {
    return x != x || y != y ? as_float(0x7fffffffu) : x == y ? as_float(as_bits(x) & as_bits(y)) : x > y ? x : y;
}
DEVICE float minimum(float x, float y) {
    return x != x || y != y ? as_float(0x7fffffffu) : x == y ? as_float(as_bits(x) | as_bits(y)) : x < y ? x : y;
}

// Rounded to nearest, ties to even; every NaN becomes the one that the GPU gives.
DEVICE bf16 to_bf16(float x) {
    u32 bits = as_bits(x);
    if ((bits & 0x7fffffff) > 0x7f800000) return {0x7fff};
    return {(u16) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}
DEVICE f16 to_f16(float x) {
    u32 bits = as_bits(x), magnitude = bits & 0x7fffffff;
    u16 sign = (u16) (bits >> 16 & 0x8000);
    if (magnitude > 0x7f800000) return {0x7fff};
    if (magnitude >= 0x47800000) return {(u16) (sign | 0x7c00)};
    if (magnitude < 0x38800000) {
        // Subnormal: adding 0.5 leaves multiples of 2^-24 in the lowest bits, rounded as they must be.
        u32 fraction = as_bits(as_float(magnitude) + 0.5f) - as_bits(0.5f);
        return {(u16) (sign | fraction)};
    }
    u32 rounded = magnitude - (112u << 23) + 0xfff + (magnitude >> 13 & 1);
    return {(u16) (sign | rounded >> 13)};
}
DEVICE float to_float(bf16 x) { return as_float((u32) x.bits << 16); }
DEVICE float to_float(f16 x) {
    u32 sign = (u32) (x.bits & 0x8000) << 16, exponent = x.bits >> 10 & 31, fraction = x.bits & 0x3ff;
    if (exponent == 31) return as_float(fraction ? 0x7fffffff : sign | 0x7f800000);
    float magnitude = exponent ? as_float((exponent + 112) << 23 | fraction << 13) : (float) fraction * 0x1p-24f;
    return as_float(sign | as_bits(magnitude));
}

struct Meeting {
    static void work(void* const*) {}
};
DEVICE void sync_warp(HERE) {
    Meeting lane;
    weft_meet(&lane, Meeting::work, file, line);
}

struct alignas(16) Chunk { float x, y, z, w; };

// Copies are made when they are waited for; until then there is nothing at their place that anyone could use.
struct PendingCopies {
    enum { MOST = 512 };
    struct Copy {
        void* to;
        const void* from;
        i32 group;
    };
    Copy copies[MOST];
    i32 count, committed;
    i64 block;
};
static PendingCopies pending_copies[1024];
DEVICE PendingCopies& my_copies() {
    PendingCopies& mine = pending_copies[thread()];
    const i64 here = 1 + block_y() * blocks() + block();
    if (mine.block != here) {
        mine.count = mine.committed = 0;
        mine.block = here;
    }
    return mine;
}
DEVICE void copy_async(void* to, const void* from) {
    PendingCopies& mine = my_copies();
    if (((u64) to | (u64) from) % 16 != 0 || mine.count == PendingCopies::MOST) __builtin_trap();
    __builtin_memset(to, 0xff, 16);
    mine.copies[mine.count++] = {to, from, mine.committed};
}
DEVICE void commit_copies() { my_copies().committed++; }
DEVICE void await_copies() {
    PendingCopies& mine = my_copies();
    i32 rest = 0;
    for (i32 i = 0; i < mine.count; i++) {
        if (mine.copies[i].group < mine.committed) __builtin_memcpy(mine.copies[i].to, mine.copies[i].from, 16);
        else mine.copies[rest++] = mine.copies[i];
    }
    mine.count = rest;
}

DEVICE u32 pack_bf16(float low, float high) { return to_bf16(low).bits | (u32) to_bf16(high).bits << 16; }

struct Matrices {
    u32* got;
    const u16* row;
    bool transposed;
    static void work(void* const* lanes) {
        for (i32 matrix = 0; matrix < 4; matrix++) {
            for (i32 lane = 0; lane < 32; lane++) {
                Matrices* mine = (Matrices*) lanes[lane];
                u32 pair = 0;
                for (i32 i = 0; i < 2; i++) {
                    i32 row = lane / 4, column = lane % 4 * 2 + i;
                    if (mine->transposed) {
                        row = column;
                        column = lane / 4;
                    }
                    pair |= (u32) ((Matrices*) lanes[matrix * 8 + row])->row[column] << 16 * i;
                }
                mine->got[matrix] = pair;
            }
        }
    }
};
DEVICE void load_matrices(u32 (&r)[4], const void* row, HERE) {
    if ((u64) row % 16 != 0) __builtin_trap();
    Matrices lane{r, (const u16*) row, false};
    weft_meet(&lane, Matrices::work, file, line);
}
DEVICE void load_matrices_transposed(u32 (&r)[4], const void* row, HERE) {
    if ((u64) row % 16 != 0) __builtin_trap();
    Matrices lane{r, (const u16*) row, true};
    weft_meet(&lane, Matrices::work, file, line);
}

struct MultiplyAdd {
    float* d;
    const u32* a;
    u32 b[2];
    static float half(u32 pair, i32 which) { return as_float(pair >> 16 * which << 16); }
    static void work(void* const* lanes) {
        float a[16][16], b[16][8], d[16][8];
        for (i32 lane = 0; lane < 32; lane++) {
            MultiplyAdd* mine = (MultiplyAdd*) lanes[lane];
            const i32 row = lane / 4, column = lane % 4 * 2;
            for (i32 i = 0; i < 2; i++) {
                for (i32 part = 0; part < 4; part++) a[row + part % 2 * 8][column + i + part / 2 * 8] = half(mine->a[part], i);
                for (i32 part = 0; part < 2; part++) {
                    b[column + i + part * 8][row] = half(mine->b[part], i);
                    d[row + part * 8][column + i] = mine->d[2 * part + i];
                }
            }
        }
        for (i32 row = 0; row < 16; row++) {
            for (i32 column = 0; column < 8; column++) {
                float sum = d[row][column];
                for (i32 k = 0; k < 16; k++) sum += a[row][k] * b[k][column];
                d[row][column] = sum;
            }
        }
        for (i32 lane = 0; lane < 32; lane++) {
            MultiplyAdd* mine = (MultiplyAdd*) lanes[lane];
            for (i32 i = 0; i < 4; i++) mine->d[i] = d[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2];
        }
    }
};
DEVICE void multiply_add(float (&d)[4], const u32 (&a)[4], u32 b0, u32 b1, HERE) {
    MultiplyAdd lane{d, a, {b0, b1}};
    weft_meet(&lane, MultiplyAdd::work, file, line);
}

// A kernel's parameters, one word each: pointers and integers.
template <class T, T... I> struct Places {};
template <class T> struct Word { static constexpr bool fits = false; };
template <class T> struct Word<T*> { static constexpr bool fits = true; };
template <> struct Word<i64> { static constexpr bool fits = true; };
template <> struct Word<u64> { static constexpr bool fits = true; };

template <i32 N, class... P, i32... I>
static void unpack(void (*kernel)(P...), const u64* words, Places<i32, I...>) {
    static_assert(sizeof...(P) == N, "the kernel must take as many parameters as its source says");
    static_assert((Word<P>::fits && ...), "a kernel's parameters must be pointers or 64-bit integers");
    kernel((P) words[I]...);
}
template <i32 N, class... P> static void unpack(void (*kernel)(P...), const u64* words) {
    unpack<N>(kernel, words, __make_integer_seq<Places, i32, sizeof...(P)>());
}
