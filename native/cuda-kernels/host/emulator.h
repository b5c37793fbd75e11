// The host's side of platform.cuh: a thread block in which every thread is a fiber, so that barriers, warp exchange,
// asynchronous copies and matrix instructions mean what they mean on the GPU. Built for tests, never shipped.
//
// It is meant to be unkind. Threads run in an order the test chooses (a missing barrier changes results), shared memory is
// full of NaN when a block starts, an asynchronous copy happens at the last moment its wait allows, and a barrier that part
// of a block never reaches is an error.
#pragma once
#include <cstddef>
#include <cstring>
#include <tuple>
#include <utility>

#define RF_KERNEL extern "C" void
#define RF_DEVICE static inline
#define RF_MEMBER inline
#define RF_SHARED static
#define RF_THREADS(n)
#define RF_REGISTER(kernel) \
    static const emulator::Registration registration_of_##kernel(#kernel, &emulator::Caller<decltype(&kernel)>::call<&kernel>, \
        emulator::Caller<decltype(&kernel)>::parameters);

namespace emulator
{
// What the running fiber is and where in the grid.
struct Place
{
    int thread, threads, x, y, z, grid_x;
};

struct Exchange
{
    uint32 words[6];
};

extern Place place;
extern float* dynamic;

void block_barrier();
void warp_barrier();
Exchange* warp_slots();
void queue_copy(float* target, const float* source, bool valid);
void commit_copies();
void wait_copies(int pending);

typedef void (*Entry)(void** arguments);

struct Registration
{
    Registration(const char* name, Entry entry, int parameters);
};

template <class Function>
struct Caller;

template <class... Arguments>
struct Caller<void (*)(Arguments...)>
{
    static constexpr int parameters = sizeof...(Arguments);

    template <void (*Kernel)(Arguments...)>
    static void call(void** arguments)
    {
        call_at<Kernel>(arguments, std::index_sequence_for<Arguments...>());
    }

    template <void (*Kernel)(Arguments...), size_t... I>
    static void call_at(void** arguments, std::index_sequence<I...>)
    {
        Kernel(*(Arguments*)arguments[I]...);
    }
};

inline float tf32_of(uint32 bits)
{
    bits &= 0xffffe000u; // the tensor core does not look at the low bits
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

inline float bf16_of(uint32 pair, int half)
{
    uint32 bits = half != 0 ? pair & 0xffff0000u : pair << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}
}

RF_DEVICE int thread_index() { return emulator::place.thread; }
RF_DEVICE int block_threads() { return emulator::place.threads; }
RF_DEVICE int block_x() { return emulator::place.x; }
RF_DEVICE int block_y() { return emulator::place.y; }
RF_DEVICE int block_z() { return emulator::place.z; }
RF_DEVICE int grid_x() { return emulator::place.grid_x; }
RF_DEVICE float* dynamic_shared() { return emulator::dynamic; }
RF_DEVICE void block_barrier() { emulator::block_barrier(); }

RF_DEVICE uint32 bits_of(float value) { uint32 bits; memcpy(&bits, &value, 4); return bits; }
RF_DEVICE float float_of(uint32 bits) { float value; memcpy(&value, &bits, 4); return value; }

RF_DEVICE float shuffle_xor(float value, int mask)
{
    emulator::Exchange* slots = emulator::warp_slots();
    slots[thread_index() & 31].words[0] = bits_of(value);
    emulator::warp_barrier();
    return float_of(slots[(thread_index() & 31) ^ mask].words[0]);
}

RF_DEVICE void copy_async16(float* shared, const float* global, bool valid) { emulator::queue_copy(shared, global, valid); }
RF_DEVICE void copy_async_commit() { emulator::commit_copies(); }

template <int PENDING>
RF_DEVICE void copy_async_wait() { emulator::wait_copies(PENDING); }

RF_DEVICE uint32 to_tf32(float value)
{
    uint32 bits = bits_of(value);
    return (bits & 0x7f800000u) == 0x7f800000u ? bits : (bits + 0x1000u) & 0xffffe000u;
}

RF_DEVICE uint32 to_bf16(float value)
{
    uint32 bits = bits_of(value);
    return value != value ? 0x7fffu : (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
}

RF_DEVICE uint32 to_bf16x2(float low, float high) { return to_bf16(low) | to_bf16(high) << 16; }

// D += A B of one warp, A 16 x (8 PerRegister), with PerRegister numbers of a row side by side in a register. Lane l = 4 g + t
// holds of A: rows g and g + 8 (register bit 0), columns t and t + 4 registers (bit 1); of B: column g, rows likewise; of D: rows
// g and g + 8 (bit 1), columns 2t and 2t + 1 (bit 0). PTX ISA, figures of mma.m16n8k8 and mma.m16n8k16.
template <int PerRegister, class Element>
RF_DEVICE void mma_emulated(float (&d)[4], const uint32 (&a)[4], const uint32 (&b)[2], Element element)
{
    const int half = 4 * PerRegister; // columns of A in one register of each of four lanes
    emulator::Exchange* slots = emulator::warp_slots();
    int lane = thread_index() & 31, g = lane >> 2, t = lane & 3;
    memcpy(slots[lane].words, a, sizeof a);
    memcpy(slots[lane].words + 4, b, sizeof b);
    emulator::warp_barrier();
    for (int i = 0; i < 4; i++)
    {
        int high = i >> 1, column = 2 * t + (i & 1);
        for (int k = 0; k < 2 * half; k++)
        {
            int from = k % half / PerRegister, part = k / half;
            d[i] += element(slots[4 * g + from].words[high + 2 * part], k % PerRegister) *
                element(slots[4 * column + from].words[4 + part], k % PerRegister);
        }
    }
}

RF_DEVICE void mma_tf32(float (&d)[4], const uint32 (&a)[4], const uint32 (&b)[2])
{
    mma_emulated<1>(d, a, b, [](uint32 word, int) { return emulator::tf32_of(word); });
}

RF_DEVICE void mma_bf16(float (&d)[4], const uint32 (&a)[4], const uint32 (&b)[2])
{
    mma_emulated<2>(d, a, b, [](uint32 word, int half) { return emulator::bf16_of(word, half); });
}
