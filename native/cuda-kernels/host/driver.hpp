// What the parts of the stand-in driver share: what there is, what is to fail, and the streams' queues.
#pragma once
#include "emulator.hpp"
#include <cstdint>
#include <functional>
#include <string>

namespace driver
{
constexpr int success = 0, invalid_value = 1, out_of_memory = 2, not_initialized = 3, no_device = 100, invalid_device = 101,
              invalid_image = 200, not_found = 500, not_ready = 600, illegal_address = 700, launch_failed = 719;

// A loaded module's kernel.
struct Function
{
    std::string name;
    emulator::Entry entry;
    int parameters;
};

// Objects made and not freed, by kind.
extern long contexts, modules, streams, events, graphs, executables;
extern long launches;
extern int devices;
extern int shared_limit; // bytes that one block may ask for
extern size_t memory_limit, memory_used;

// Every call comes through here first: a planned failure is answered, and a lost device answers every later call.
int enter(const char* name);

// The device is gone, for this reason.
int lose(int status);

// Whether what lies around every allocation on the device is as it was.
bool all_guards_hold();

// Allocations on the device, on the host, and registered.
long live_memory();

// Work for a stream: at once where streams are eager, else when its turn comes.
int enqueue(void* stream, std::function<int()> work);

// All work of all streams.
int finish_all();

// 0: every stream does its work at once, in the caller's thread. Any other number: when it must, or earlier, as that number's
// dice fall, each stream by itself; whatever order results is one that the real driver also allows.
void set_streams(int seed);
}

#define ENTER(name)                         \
    {                                       \
        int entered = driver::enter(name);  \
        if (entered != driver::success)     \
        {                                   \
            return entered;                 \
        }                                   \
    }
