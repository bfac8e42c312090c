// What kernels are written in: names for the few things that differ between processors. No headers of CUDA are included.
// A host device gives the same names another meaning.

// No kernel uses all of what stands here, or everything that it computes on the way.
#pragma nv_diag_suppress 177

typedef signed char i8;
typedef unsigned char u8;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;
struct bf16 { u16 bits; };
struct f16 { u16 bits; };

#define KERNEL extern "C" __global__
#define DEVICE static __device__ __forceinline__
#define DEVICE_MEMBER __device__ __forceinline__
#define SHARED __shared__

DEVICE i64 block() { return blockIdx.x; }
DEVICE i64 block_y() { return blockIdx.y; }
DEVICE i64 blocks() { return gridDim.x; }
DEVICE i32 thread() { return threadIdx.x; }
DEVICE i32 threads() { return blockDim.x; }

// All threads of the block wait for each other; what they wrote is seen.
DEVICE void sync() { __syncthreads(); }

// All lanes of the warp wait for each other; what they wrote is seen.
DEVICE void sync_warp() { __syncwarp(); }

// As many bytes of shared memory as the launch says.
extern __shared__ __align__(1024) u8 dynamic_shared_bytes[];
DEVICE u8* dynamic_shared() { return dynamic_shared_bytes; }

// The value of the lane whose number differs in these bits. All lanes of the warp must be here.
DEVICE u32 shuffle_xor(u32 x, i32 bits) { return __shfl_xor_sync(0xffffffffu, x, bits); }
DEVICE i32 shuffle_xor(i32 x, i32 bits) { return __shfl_xor_sync(0xffffffffu, x, bits); }
DEVICE i64 shuffle_xor(i64 x, i32 bits) { return __shfl_xor_sync(0xffffffffu, x, bits); }
DEVICE float shuffle_xor(float x, i32 bits) { return __shfl_xor_sync(0xffffffffu, x, bits); }
DEVICE double shuffle_xor(double x, i32 bits) { return __shfl_xor_sync(0xffffffffu, x, bits); }

// 16 bytes of device memory at a multiple of 16, as one instruction: a structure the compiler takes apart, and does not always put together
// again. Both stay in the order in which they are written.
struct alignas(16) Sixteen { u32 words[4]; };
DEVICE Sixteen load_16(const Sixteen* from) {
    Sixteen x;
    asm volatile("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];"
            : "=r"(x.words[0]), "=r"(x.words[1]), "=r"(x.words[2]), "=r"(x.words[3]) : "l"(from));
    return x;
}
DEVICE void store_16(Sixteen* to, Sixteen x) {
    asm volatile("st.global.v4.u32 [%0], {%1, %2, %3, %4};"
            :: "l"(to), "r"(x.words[0]), "r"(x.words[1]), "r"(x.words[2]), "r"(x.words[3]));
}

// An address that a kernel reads from memory: of device memory, like those that it is given.
template<class T> DEVICE T* global(i64 address) { return (T*) __cvta_global_to_generic((size_t) address); }

DEVICE float as_float(u32 bits) { return __uint_as_float(bits); }
DEVICE u32 as_bits(float x) { return __float_as_uint(x); }

// NaN if either is; −0 is less than +0.
DEVICE float maximum(float x, float y) { float r; asm("max.NaN.f32 %0, %1, %2;" : "=f"(r) : "f"(x), "f"(y)); return r; }
DEVICE float minimum(float x, float y) { float r; asm("min.NaN.f32 %0, %1, %2;" : "=f"(r) : "f"(x), "f"(y)); return r; }

DEVICE float to_float(bf16 x) { return __uint_as_float((u32) x.bits << 16); }
DEVICE float to_float(f16 x) { float r; asm("cvt.f32.f16 %0, %1;" : "=f"(r) : "h"(x.bits)); return r; }
DEVICE bf16 to_bf16(float x) { bf16 r; asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(r.bits) : "f"(x)); return r; }
DEVICE f16 to_f16(float x) { f16 r; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(r.bits) : "f"(x)); return r; }

// Sixteen bytes at an address that is a multiple of 16.
struct alignas(16) Chunk { float x, y, z, w; };

// Copies 16 bytes to shared memory while the thread goes on. What is committed is there after waiting for it, to this thread.
DEVICE u32 shared_address(const void* at) { return (u32) __cvta_generic_to_shared(at); }
DEVICE void copy_async(void* to, const void* from) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" :: "r"(shared_address(to)), "l"(from) : "memory");
}
DEVICE void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }
DEVICE void await_copies() { asm volatile("cp.async.wait_group 0;" ::: "memory"); }

// Two bf16 in a word, the first one in its lower half.
DEVICE u32 pack_bf16(float low, float high) { u32 r; asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low)); return r; }

// Four 8 × 8 matrices of 16-bit elements in shared memory, a row from each lane's address: lanes 0 … 7 have those of the first. Lane t gets
// elements 2t % 8 and 2t % 8 + 1 of row t / 4 of each; transposed, of column t / 4.
DEVICE void load_matrices(u32 (&r)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
        : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(row)) : "memory");
}
DEVICE void load_matrices_transposed(u32 (&r)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
        : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(row)) : "memory");
}

// d (16 × 8) += a (16 × 16) · b (16 × 8), of bf16 in f32, by a warp together.
DEVICE void multiply_add(float (&d)[4], const u32 (&a)[4], u32 b0, u32 b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
