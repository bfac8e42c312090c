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

// The value of the lane whose number differs in these bits. All lanes of the warp must be here.
DEVICE u32 shuffle_xor(u32 x, i32 bits) { return __shfl_xor_sync(0xffffffffu, x, bits); }
DEVICE i32 shuffle_xor(i32 x, i32 bits) { return __shfl_xor_sync(0xffffffffu, x, bits); }
DEVICE i64 shuffle_xor(i64 x, i32 bits) { return __shfl_xor_sync(0xffffffffu, x, bits); }
DEVICE float shuffle_xor(float x, i32 bits) { return __shfl_xor_sync(0xffffffffu, x, bits); }
DEVICE double shuffle_xor(double x, i32 bits) { return __shfl_xor_sync(0xffffffffu, x, bits); }

// An address that a kernel reads from memory: of device memory, like those that it is given.
template<class T> DEVICE T* global(i64 address) {
    T* pointer = (T*) address;
    __builtin_assume(__isGlobal(pointer));
    return pointer;
}

DEVICE float as_float(u32 bits) { return __uint_as_float(bits); }
DEVICE u32 as_bits(float x) { return __float_as_uint(x); }

DEVICE float to_float(bf16 x) { return __uint_as_float((u32) x.bits << 16); }
DEVICE float to_float(f16 x) { float r; asm("cvt.f32.f16 %0, %1;" : "=f"(r) : "h"(x.bits)); return r; }
DEVICE bf16 to_bf16(float x) { bf16 r; asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(r.bits) : "f"(x)); return r; }
DEVICE f16 to_f16(float x) { f16 r; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(r.bits) : "f"(x)); return r; }
