// What the stand-in driver asks of the emulated GPU.
#pragma once
#include "../platform.cuh"

namespace emulator
{
// The kernel of that name and how many parameters it takes; false if there is none.
bool find(const char* name, Entry* kernel, int* parameters);

// Runs every block of a grid; false if a barrier hangs.
bool run(Entry kernel, void** arguments, const int (&grid)[3], int threads, size_t shared_bytes);

// The order of threads between barriers: 0 as numbered, 1 backwards, any other number a shuffle of its own.
void set_order(int seed);
}
