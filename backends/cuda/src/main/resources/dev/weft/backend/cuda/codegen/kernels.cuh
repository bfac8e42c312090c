// What kernels call on every processor.

DEVICE i32 warp() { return thread() / 32; }
DEVICE i32 lane_of_warp() { return thread() % 32; }

DEVICE float infinity() { return as_float(0x7f800000u); }
DEVICE float not_a_number() { return as_float(0x7fc00000u); }

DEVICE float round_bf16(float x) { return to_float(to_bf16(x)); }
DEVICE float round_f16(float x) { return to_float(to_f16(x)); }

// NaN if either is; −0 is less than +0. Of floats the processor has it.
DEVICE double maximum(double x, double y) {
    return x != x ? x : y != y ? y : x == y ? (1 / x < 0 ? y : x) : x > y ? x : y;
}
DEVICE double minimum(double x, double y) {
    return x != x ? x : y != y ? y : x == y ? (1 / x < 0 ? x : y) : x < y ? x : y;
}
template<class T> DEVICE T larger(T x, T y) { return x > y ? x : y; }
template<class T> DEVICE T smaller(T x, T y) { return x < y ? x : y; }
DEVICE i32 maximum(i32 x, i32 y) { return larger(x, y); }
DEVICE i64 maximum(i64 x, i64 y) { return larger(x, y); }
DEVICE i32 minimum(i32 x, i32 y) { return smaller(x, y); }
DEVICE i64 minimum(i64 x, i64 y) { return smaller(x, y); }

template<class T> DEVICE T sign(T x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
template<class T> DEVICE T magnitude(T x) { return x < 0 ? 0 - x : x; }

// Rounded toward −∞; x / 0 = 0 and x mod 0 = x. In 64 bits, where no quotient of smaller integers overflows.
DEVICE i64 floor_div(i64 x, i64 y) {
    if (y == 0) return 0;
    if (y == -1) return (i64) (0 - (u64) x);
    i64 whole = x / y;
    return x % y != 0 && ((x ^ y) < 0) ? whole - 1 : whole;
}
DEVICE i64 floor_mod(i64 x, i64 y) {
    if (y == 0) return x;
    if (y == -1) return 0;
    i64 rest = x % y;
    return rest != 0 && ((x ^ y) < 0) ? rest + y : rest;
}
DEVICE double floor_mod(double x, double y) { return x - y * floor(x / y); }

// Toward zero, within the type's range; NaN to 0.
DEVICE i64 saturate(double x, double least, double most, i64 least_integer, i64 most_integer) {
    return x != x ? 0 : x <= least ? least_integer : x >= most ? most_integer : (i64) x;
}
DEVICE i64 to_i64(double x) { return saturate(x, -9223372036854775808.0, 9223372036854775808.0, -9223372036854775807LL - 1, 9223372036854775807LL); }
DEVICE i32 to_i32(double x) { return (i32) saturate(x, -2147483648.0, 2147483647.0, -2147483647 - 1, 2147483647); }
DEVICE i8 to_i8(double x) { return (i8) saturate(x, -128.0, 127.0, -128, 127); }
DEVICE u8 to_u8(double x) { return (u8) saturate(x, 0.0, 255.0, 0, 255); }

// Threefry-2x32 with 20 rounds, the first word, as a uniform number in [0, 1) on a grid of 2⁻²⁴.
DEVICE u32 rotate(u32 x, i32 bits) { return x << bits | x >> (32 - bits); }
DEVICE float uniform(u32 key0, u32 key1, u64 counter) {
    const u32 keys[3] = {key0, key1, key0 ^ key1 ^ 0x1BD11BDAu};
    const i32 rotations[8] = {13, 15, 26, 6, 17, 29, 16, 24};
    u32 x0 = (u32) counter + key0;
    u32 x1 = (u32) (counter >> 32) + key1;
#pragma unroll
    for (i32 group = 0; group < 5; group++) {
#pragma unroll
        for (i32 round = 0; round < 4; round++) {
            x0 += x1;
            x1 = rotate(x1, rotations[(group & 1) * 4 + round]) ^ x0;
        }
        x0 += keys[(group + 1) % 3];
        x1 += keys[(group + 2) % 3] + group + 1;
    }
    return (float) (x0 >> 8) * 5.9604644775390625e-8f;
}

// Neighbouring elements, which one access of up to 16 bytes reads or writes.
template<class T, i32 N> struct alignas(sizeof(T) * N < 16 ? sizeof(T) * N : 16) Pack { T at[N]; };
template<i32 N, class T> DEVICE Pack<T, N> load(const T* from) { return *(const Pack<T, N>*) from; }
// From memory that the kernel also writes: before what it stores there afterwards.
template<i32 N, class T> DEVICE Pack<T, N> load(T* from) {
    if constexpr (sizeof(Pack<T, N>) % 16 == 0) {
        Pack<T, N> pack;
#pragma unroll
        for (u64 i = 0; i < sizeof(pack) / 16; i++) ((Sixteen*) &pack)[i] = load_16((const Sixteen*) from + i);
        return pack;
    } else {
        return *(const Pack<T, N>*) from;
    }
}
template<class T, i32 N> DEVICE void store(T* to, const Pack<T, N>& what) {
    if constexpr (sizeof(Pack<T, N>) % 16 == 0) {
#pragma unroll
        for (u64 i = 0; i < sizeof(what) / 16; i++) store_16((Sixteen*) to + i, ((const Sixteen*) &what)[i]);
    } else {
        *(Pack<T, N>*) to = what;
    }
}
template<class T, i32 N> DEVICE void fill(Pack<T, N>& pack, T x) {
#pragma unroll
    for (i32 i = 0; i < N; i++) pack.at[i] = x;
}
// Of a pack whose first element is number `first`, those that are among 0 … limit − 1.
template<class T, i32 N> DEVICE void store(T* to, const Pack<T, N>& what, i64 first, i64 limit) {
    if (first >= 0 && first + N <= limit) return store(to, what);
#pragma unroll
    for (i32 i = 0; i < N; i++) if (first + i >= 0 && first + i < limit) to[i] = what.at[i];
}

// Running results of reductions: of one element, of two together, and of the same in another lane.
template<class T> struct Sum {
    T value;
    DEVICE_MEMBER void add(T x, i64) { value += x; }
    DEVICE_MEMBER void join(Sum other) { value += other.value; }
    DEVICE_MEMBER Sum lane(i32 bits) const { return {shuffle_xor(value, bits)}; }
};
template<class T> struct Most {
    T value;
    DEVICE_MEMBER void add(T x, i64) { value = maximum(value, x); }
    DEVICE_MEMBER void join(Most other) { value = maximum(value, other.value); }
    DEVICE_MEMBER Most lane(i32 bits) const { return {shuffle_xor(value, bits)}; }
};
template<class T> struct Least {
    T value;
    DEVICE_MEMBER void add(T x, i64) { value = minimum(value, x); }
    DEVICE_MEMBER void join(Least other) { value = minimum(value, other.value); }
    DEVICE_MEMBER Least lane(i32 bits) const { return {shuffle_xor(value, bits)}; }
};
// Where the largest is: the first of equals, the first NaN if there is one. Before any element, `at` is −1.
template<class T> struct Where {
    T value;
    i64 at;
    DEVICE_MEMBER void add(T x, i64 place) { join({x, place}); }
    DEVICE_MEMBER void join(Where other) {
        bool is_nan = value != value, other_nan = other.value != other.value;
        bool better = other_nan ? !is_nan : !is_nan && other.value > value;
        bool same = is_nan == other_nan && (is_nan || other.value == value);
        if (other.at >= 0 && (at < 0 || better || (same && other.at < at))) *this = other;
    }
    DEVICE_MEMBER Where lane(i32 bits) const { return {shuffle_xor(value, bits), shuffle_xor(at, bits)}; }
};

// The running results of all lanes of the warp together, in a fixed order; every lane gets it.
template<class R> DEVICE R of_warp(R mine) {
#pragma unroll
    for (i32 bits = 16; bits > 0; bits /= 2) mine.join(mine.lane(bits));
    return mine;
}
// The running results of all threads of the block together, in a fixed order; every thread gets it. `exchange` has room for two for each
// warp: while one call's are still read, the next call, of whatever loop, writes the other ones. So one barrier is enough.
constexpr i32 EXCHANGE = 128;
template<class R> DEVICE R of_block(R mine, u64* exchange, i32& turn) {
    mine = of_warp(mine);
    if (threads() > 32) {
        R* of_warps = (R*) (exchange + turn * (EXCHANGE / 2));
        turn = 1 - turn;
        if (thread() % 32 == 0) of_warps[thread() / 32] = mine;
        sync();
        mine = of_warps[0];
        for (i32 warp = 1; warp < threads() / 32; warp++) mine.join(of_warps[warp]);
    }
    return mine;
}

// The running results of neighbouring lanes together; each of them gets it.
template<i32 LANES, class R> DEVICE R of_lanes(R mine) {
#pragma unroll
    for (i32 bits = LANES / 2; bits > 0; bits /= 2) mine.join(mine.lane(bits));
    return mine;
}

// Tiles of matrices in shared memory: rows of `S` elements, of which the first ones are the matrix's.

// Rows 0 … `N − 1` of a matrix with `D` elements each, 16 bytes at a time. Zeros behind the last of the `left` rows that there are.
template<i32 N, i32 D, i32 S, class T> DEVICE void copy_tile(T* to, const T* from, i64 step, i64 left) {
    constexpr i32 CHUNK = 16 / sizeof(T), CHUNKS = D / CHUNK;
    for (i32 i = thread(); i < N * CHUNKS; i += threads()) {
        const i32 row = i / CHUNKS, at = i % CHUNKS * CHUNK;
        if (row < left) copy_async(to + row * S + at, from + row * step + at);
        else *(Chunk*) (to + row * S + at) = {};
    }
}
DEVICE void convert(float& to, float x) { to = x; }
DEVICE void convert(float& to, bf16 x) { to = to_float(x); }
DEVICE void convert(float& to, f16 x) { to = to_float(x); }
DEVICE void convert(bf16& to, bf16 x) { to = x; }
// The same one by one, where elements are not next to each other or of another type. Zeros from element `D` to `P` too.
// Neighbouring threads read neighbouring rows if `ALONG`.
template<i32 N, i32 D, i32 P, i32 S, bool ALONG, class U, class T> DEVICE void load_tile(U* to, const T* from, i64 step, i64 own, i64 left) {
    for (i32 i = thread(); i < N * P; i += threads()) {
        const i32 row = ALONG ? i % N : i / P, at = ALONG ? i / N : i % P;
        U x = {};
        if (row < left && at < D) convert(x, from[row * step + at * own]);
        to[row * S + at] = x;
    }
}

// By f32 arithmetic. Sixteen threads share four rows of `x`: thread t has every sixteenth row of `y` from t % 16 on.
// scores[i][j] += Σ k: x[i][k] · y[j][k]
template<i32 D, i32 C> DEVICE void front_tiles(float (&scores)[4][C], const float* x, const float* y, i32 stride) {
    x += thread() / 16 * 4 * stride;
    y += thread() % 16 * stride;
#pragma unroll 4
    for (i32 k = 0; k < D; k += 4) {
        Chunk rows[4];
#pragma unroll
        for (i32 i = 0; i < 4; i++) rows[i] = *(const Chunk*) (x + i * stride + k);
#pragma unroll
        for (i32 j = 0; j < C; j++) {
            const Chunk other = *(const Chunk*) (y + 16 * j * stride + k);
#pragma unroll
            for (i32 i = 0; i < 4; i++) {
                scores[i][j] = fmaf(rows[i].x, other.x, scores[i][j]);
                scores[i][j] = fmaf(rows[i].y, other.y, scores[i][j]);
                scores[i][j] = fmaf(rows[i].z, other.z, scores[i][j]);
                scores[i][j] = fmaf(rows[i].w, other.w, scores[i][j]);
            }
        }
    }
}
// sums[i][j] += Σ w: panel[i][w] · y[w][j], of every sixteenth column of `y` from t % 16 on.
template<i32 W, i32 C> DEVICE void back_tiles(float (&sums)[4][C], const float* panel, i32 along, const float* y, i32 stride) {
    panel += thread() / 16 * 4 * along;
    y += thread() % 16;
#pragma unroll 2
    for (i32 w = 0; w < W; w += 4) {
        Chunk rows[4];
#pragma unroll
        for (i32 i = 0; i < 4; i++) rows[i] = *(const Chunk*) (panel + i * along + w);
#pragma unroll
        for (i32 j = 0; j < C; j++) {
            const float* other = y + w * stride + 16 * j;
#pragma unroll
            for (i32 i = 0; i < 4; i++) {
                sums[i][j] = fmaf(rows[i].x, other[0], sums[i][j]);
                sums[i][j] = fmaf(rows[i].y, other[stride], sums[i][j]);
                sums[i][j] = fmaf(rows[i].z, other[2 * stride], sums[i][j]);
                sums[i][j] = fmaf(rows[i].w, other[3 * stride], sums[i][j]);
            }
        }
    }
}

// By tensor cores: a warp has sixteen rows of `x`, and of each 16 × 8 tile of results two neighbours in rows t / 4 and t / 4 + 8.
// scores[i][j] += Σ k: x[i][k] · y[j][k]
template<i32 D, i32 C> DEVICE void front_tiles(float (&scores)[C][4], const bf16* x, const bf16* y, i32 stride) {
    const i32 lane = thread() % 32;
    x += (thread() / 32 * 16 + lane % 16) * stride + lane / 16 * 8;
    y += (lane % 8 + lane / 16 * 8) * stride + lane / 8 % 2 * 8;
#pragma unroll
    for (i32 k = 0; k < D; k += 16) {
        u32 rows[4];
        load_matrices(rows, x + k);
#pragma unroll
        for (i32 j = 0; j < C; j += 2) {
            u32 other[4];
            load_matrices(other, y + 8 * j * stride + k);
            multiply_add(scores[j], rows, other[0], other[1]);
            multiply_add(scores[j + 1], rows, other[2], other[3]);
        }
    }
}
// sums[i][j] += Σ w: panel[i][w] · y[w][j]. The panel is where the products' results are, which is where rows of factors must be.
template<i32 W, i32 C> DEVICE void back_tiles(float (&sums)[C][4], const float (&panel)[W][4], const bf16* y, i32 stride) {
    const i32 lane = thread() % 32;
    y += lane % 16 * stride + lane / 16 * 8;
#pragma unroll
    for (i32 w = 0; w < W; w += 2) {
        const u32 rows[4] = {
            pack_bf16(panel[w][0], panel[w][1]), pack_bf16(panel[w][2], panel[w][3]),
            pack_bf16(panel[w + 1][0], panel[w + 1][1]), pack_bf16(panel[w + 1][2], panel[w + 1][3])};
#pragma unroll
        for (i32 j = 0; j < C; j += 2) {
            u32 other[4];
            load_matrices_transposed(other, y + 8 * w * stride + 8 * j);
            multiply_add(sums[j], rows, other[0], other[1]);
            multiply_add(sums[j + 1], rows, other[2], other[3]);
        }
    }
}
