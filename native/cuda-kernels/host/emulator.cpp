// Fibers and barriers of the emulated thread block; see emulator.h. One block runs at a time, on the calling thread.
#include "../platform.cuh"
#include "emulator.hpp"
#include <csetjmp>
#include <cstdlib>
#include <map>
#include <string>
#include <ucontext.h>
#include <vector>

namespace emulator
{
Place place;
float* dynamic;

namespace
{
enum class State { ready, at_block_barrier, at_warp_barrier, done };

struct Copy
{
    float* target;
    const float* source;
    bool valid;
    int group;
};

struct Fiber
{
    ucontext_t start;
    jmp_buf resume;
    bool begun = false;
    State state = State::done;
    int phase = 0;
    int groups = 0;
    std::vector<Copy> copies;
    std::vector<char> stack;
};

constexpr size_t stack_bytes = 128 * 1024;
constexpr size_t dynamic_bytes = 228 * 1024;

std::vector<Fiber*> fibers;
std::vector<Exchange> exchange; // two slots a lane: the next exchange may begin while slow lanes still read this one
jmp_buf scheduler;
Fiber* running;
Entry entry;
void** arguments;
int order_seed;

void leave()
{
    if (_setjmp(running->resume) == 0)
    {
        _longjmp(scheduler, 1);
    }
}

void run_fiber()
{
    for (;;)
    {
        entry(arguments);
        running->state = State::done;
        leave();
    }
}

void enter(Fiber* fiber, int thread)
{
    running = fiber;
    place.thread = thread;
    if (_setjmp(scheduler) != 0)
    {
        return;
    }

    if (fiber->begun)
    {
        _longjmp(fiber->resume, 1);
    }

    fiber->begun = true;
    getcontext(&fiber->start);
    fiber->stack.resize(stack_bytes);
    fiber->start.uc_stack.ss_sp = fiber->stack.data();
    fiber->start.uc_stack.ss_size = stack_bytes;
    fiber->start.uc_link = nullptr;
    makecontext(&fiber->start, run_fiber, 0);
    setcontext(&fiber->start);
}

// The order threads run in between barriers: 0 as numbered, 1 backwards, else shuffled by the seed.
std::vector<int> order_of(int threads)
{
    std::vector<int> order(threads);
    for (int i = 0; i < threads; i++)
    {
        order[i] = order_seed == 1 ? threads - 1 - i : i;
    }

    unsigned state = (unsigned)order_seed;
    for (int i = threads - 1; order_seed > 1 && i > 0; i--)
    {
        state = state * 1664525u + 1013904223u;
        std::swap(order[i], order[(state >> 8) % (unsigned)(i + 1)]);
    }

    return order;
}

bool release_warps(int threads)
{
    bool released = false;
    for (int first = 0; first < threads; first += 32)
    {
        bool whole = first + 32 <= threads;
        for (int lane = 0; whole && lane < 32; lane++)
        {
            whole = fibers[first + lane]->state == State::at_warp_barrier;
        }

        for (int lane = 0; whole && lane < 32; lane++)
        {
            fibers[first + lane]->state = State::ready;
            released = true;
        }
    }

    return released;
}

bool release_block(int threads)
{
    for (int i = 0; i < threads; i++)
    {
        if (fibers[i]->state != State::at_block_barrier)
        {
            return false;
        }
    }

    for (int i = 0; i < threads; i++)
    {
        fibers[i]->state = State::ready;
    }

    return true;
}

bool run_block(int threads, size_t shared_bytes, const std::vector<int>& order)
{
    for (size_t i = 0; i < shared_bytes / 4; i++)
    {
        dynamic[i] = float_of(0x7fc00000u);
    }

    float* beyond = dynamic + shared_bytes / 4;
    for (int i = 0; i < 64; i++)
    {
        beyond[i] = float_of(0x12345678u);
    }

    for (int i = 0; i < threads; i++)
    {
        fibers[i]->state = State::ready;
        fibers[i]->groups = 0;
        fibers[i]->phase = 0;
        fibers[i]->copies.clear();
    }

    for (;;)
    {
        int alive = 0;
        bool ran = false;
        for (int i : order)
        {
            if (fibers[i]->state == State::ready)
            {
                enter(fibers[i], i);
                ran = true;
            }

            alive += fibers[i]->state != State::done;
        }

        if (alive == 0)
        {
            bool inside = true;
            for (int i = 0; i < 64; i++)
            {
                inside = inside && bits_of(beyond[i]) == 0x12345678u; // nothing wrote past the shared memory asked for
            }

            return inside;
        }

        // A barrier that part of a block never reaches hangs a GPU; here it ends the launch.
        if (!ran && !release_warps(threads) && !release_block(threads))
        {
            for (int i = 0; i < threads; i++)
            {
                fibers[i]->begun = false; // they hang in the middle of a kernel: start afresh next time
            }

            return false;
        }
    }
}

std::map<std::string, std::pair<Entry, int>>& registry()
{
    static std::map<std::string, std::pair<Entry, int>> entries;
    return entries;
}
}

Registration::Registration(const char* name, Entry kernel, int parameters) { registry()[name] = {kernel, parameters}; }

bool find(const char* name, Entry* kernel, int* parameters)
{
    auto found = registry().find(name);
    if (found == registry().end())
    {
        return false;
    }

    *kernel = found->second.first;
    *parameters = found->second.second;
    return true;
}

bool run(Entry kernel, void** kernel_arguments, const int (&grid)[3], int threads, size_t shared_bytes)
{
    static float* shared = (float*)aligned_alloc(128, dynamic_bytes + 1024);
    dynamic = shared;
    while ((int)fibers.size() < threads)
    {
        fibers.push_back(new Fiber());
    }

    exchange.resize(fibers.size() * 2);
    entry = kernel;
    arguments = kernel_arguments;
    std::vector<int> order = order_of(threads);
    for (int z = 0; z < grid[2]; z++)
    {
        for (int y = 0; y < grid[1]; y++)
        {
            for (int x = 0; x < grid[0]; x++)
            {
                place = {0, threads, x, y, z, grid[0]};
                if (!run_block(threads, shared_bytes, order))
                {
                    return false;
                }
            }
        }
    }

    return true;
}

void set_order(int seed) { order_seed = seed; }

void block_barrier()
{
    running->state = State::at_block_barrier;
    int thread = place.thread;
    leave();
    place.thread = thread;
}

void warp_barrier()
{
    running->state = State::at_warp_barrier;
    int thread = place.thread;
    leave();
    place.thread = thread;
}

Exchange* warp_slots()
{
    running->phase ^= 1;
    int warp = place.thread >> 5;
    return exchange.data() + (size_t)(warp * 2 + running->phase) * 32;
}

void queue_copy(float* target, const float* source, bool valid) { running->copies.push_back({target, source, valid, running->groups}); }

void commit_copies() { running->groups++; }

void wait_copies(int pending)
{
    size_t kept = 0;
    for (const Copy& copy : running->copies)
    {
        if (copy.group >= running->groups - pending)
        {
            running->copies[kept++] = copy;
        }
        else if (copy.valid)
        {
            memcpy(copy.target, copy.source, 16);
        }
        else
        {
            memset(copy.target, 0, 16);
        }
    }

    running->copies.resize(kept);
}
}
