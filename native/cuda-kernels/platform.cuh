// What the kernels need of a machine: indices, barriers, warp exchange, asynchronous copies, matrix instructions.
//
// Two implementations stand behind one set of names:
//   * the GPU, in PTX instructions, so that neither CUDA headers nor CUDA libraries are needed (nvcc and clang both compile it);
//   * the host (REACHER_FAST_HOST, see host/emulator.h), where every thread of a block is a fiber. The same kernel sources
//     then run on any CPU, and tests check their arithmetic, their indices and their barriers without a GPU.
//
// Everything here is sm_80 (A100) or older PTX, so one module serves Ampere, Ada, Hopper and later.
#pragma once

typedef unsigned int uint32;
typedef unsigned long long uint64;

#if defined(REACHER_FAST_HOST)
#include "host/emulator.h"
#else

#define RF_KERNEL extern "C" __attribute__((global)) void
#define RF_DEVICE __attribute__((device)) static __attribute__((always_inline)) inline
#define RF_MEMBER __attribute__((device)) __attribute__((always_inline)) inline
#define RF_SHARED __attribute__((shared))
#define RF_THREADS(n) __attribute__((launch_bounds(n)))
#define RF_REGISTER(kernel)

#if !defined(__CUDACC__) || defined(__clang__)
extern __attribute__((shared)) __attribute__((aligned(16))) float rf_dynamic_shared[];
#else
extern __shared__ __align__(16) float rf_dynamic_shared[];
#undef RF_KERNEL
#undef RF_DEVICE
#undef RF_MEMBER
#undef RF_SHARED
#undef RF_THREADS
#define RF_KERNEL extern "C" __global__ void
#define RF_DEVICE static __device__ __forceinline__
#define RF_MEMBER __device__ __forceinline__
#define RF_SHARED __shared__
#define RF_THREADS(n) __launch_bounds__(n)
// nvcc does not take the compiler's builtins in device code; these are the same operations, rounded the same.
#define __builtin_fmaf __fmaf_rn
#define __builtin_sqrtf __fsqrt_rn
#define __builtin_fabsf fabsf
#define __builtin_floorf floorf
#endif

RF_DEVICE int thread_index() { int i; asm("mov.u32 %0, %%tid.x;" : "=r"(i)); return i; }
RF_DEVICE int block_threads() { int i; asm("mov.u32 %0, %%ntid.x;" : "=r"(i)); return i; }
RF_DEVICE int block_x() { int i; asm("mov.u32 %0, %%ctaid.x;" : "=r"(i)); return i; }
RF_DEVICE int block_y() { int i; asm("mov.u32 %0, %%ctaid.y;" : "=r"(i)); return i; }
RF_DEVICE int block_z() { int i; asm("mov.u32 %0, %%ctaid.z;" : "=r"(i)); return i; }
RF_DEVICE int grid_x() { int i; asm("mov.u32 %0, %%nctaid.x;" : "=r"(i)); return i; }

RF_DEVICE float* dynamic_shared() { return rf_dynamic_shared; }

// Every thread of the block arrives; what they wrote before is seen by all after.
RF_DEVICE void block_barrier() { asm volatile("bar.sync 0;" ::: "memory"); }

// The value of lane (own lane XOR mask), all 32 lanes taking part.
RF_DEVICE float shuffle_xor(float value, int mask)
{
    float other;
    asm volatile("shfl.sync.bfly.b32 %0, %1, %2, 0x1f, 0xffffffff;" : "=f"(other) : "f"(value), "r"(mask));
    return other;
}

RF_DEVICE uint32 bits_of(float value) { uint32 bits; asm("mov.b32 %0, %1;" : "=r"(bits) : "f"(value)); return bits; }
RF_DEVICE float float_of(uint32 bits) { float value; asm("mov.b32 %0, %1;" : "=f"(value) : "r"(bits)); return value; }

// 16 bytes from global to shared memory without passing through registers; zeros where `valid` is false.
RF_DEVICE void copy_async16(float* shared, const float* global, bool valid)
{
    uint32 target;
    asm("{ .reg .u64 t; cvta.to.shared.u64 t, %1; cvt.u32.u64 %0, t; }" : "=r"(target) : "l"(shared));
    int bytes = valid ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(target), "l"(global), "r"(bytes) : "memory");
}

RF_DEVICE void copy_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Waits until at most PENDING of this thread's latest groups are still under way.
template <int PENDING>
RF_DEVICE void copy_async_wait() { asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory"); }

// float32 rounded to TF32 (10 bits of mantissa), nearest, ties away.
RF_DEVICE uint32 to_tf32(float value) { uint32 bits; asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value)); return bits; }

// Two float32 rounded to bf16, nearest even; `low` in the low half.
RF_DEVICE uint32 to_bf16x2(float low, float high)
{
    uint32 bits;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(high), "f"(low));
    return bits;
}

// D += A B for a warp: A 16x8, B 8x8, TF32 in, float32 out. Fragments as in the PTX ISA, "mma.m16n8k8".
RF_DEVICE void mma_tf32(float (&d)[4], const uint32 (&a)[4], const uint32 (&b)[2])
{
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// D += A B for a warp: A 16x16, B 16x8, bf16 in, float32 out. Fragments as in the PTX ISA, "mma.m16n8k16".
RF_DEVICE void mma_bf16(float (&d)[4], const uint32 (&a)[4], const uint32 (&b)[2])
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

#endif

// Two and four floats that one instruction loads from where they are aligned to 8 and 16 bytes.
struct alignas(8) Pair
{
    float x, y;
};

struct alignas(16) Quad
{
    float x, y, z, w;
};

RF_DEVICE Pair load_pair(const float* from) { return *(const Pair*)from; }
RF_DEVICE Quad load_quad(const float* from) { return *(const Quad*)from; }

// Rows of every tensor are padded to a multiple of four floats (16 bytes, one vector access); the padding holds zeros.
RF_DEVICE int stride_of(int columns) { return (columns + 3) & ~3; }

RF_DEVICE int lane_index() { return thread_index() & 31; }
RF_DEVICE int warp_index() { return thread_index() >> 5; }

// The sum over the warp, in every lane. Always the same order, so always the same bits.
RF_DEVICE float warp_sum(float value)
{
    for (int mask = 16; mask > 0; mask >>= 1)
    {
        value += shuffle_xor(value, mask);
    }

    return value;
}

// COUNT sums over a block of 32 * WARPS threads, in every thread, at the price of one. `scratch` holds WARPS * COUNT floats of
// shared memory.
template <int WARPS, int COUNT>
RF_DEVICE void block_sums(float (&values)[COUNT], float* scratch)
{
#pragma unroll
    for (int i = 0; i < COUNT; i++)
    {
        values[i] = warp_sum(values[i]);
    }

    block_barrier(); // a previous sum may still be reading scratch
    if (lane_index() == 0)
    {
#pragma unroll
        for (int i = 0; i < COUNT; i++)
        {
            scratch[i * WARPS + warp_index()] = values[i];
        }
    }

    block_barrier();
#pragma unroll
    for (int i = 0; i < COUNT; i++)
    {
        values[i] = warp_sum(lane_index() < WARPS ? scratch[i * WARPS + lane_index()] : 0.0f);
    }
}

// The sum over a block of 32 * WARPS threads, in every thread. `scratch` holds WARPS floats of shared memory.
template <int WARPS>
RF_DEVICE float block_sum(float value, float* scratch)
{
    float values[1] = {value};
    block_sums<WARPS>(values, scratch);
    return values[0];
}
