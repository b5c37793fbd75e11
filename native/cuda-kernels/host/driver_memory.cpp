// The stand-in driver's memory. Device memory is host memory with guard words around it; what nobody wrote is NaN.
#include "driver.hpp"
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

using namespace driver;

namespace
{
constexpr size_t guard = 256;

std::map<char*, size_t> device_memory, host_memory;
std::set<void*> registered;

char* allocate(size_t bytes, unsigned char fill)
{
    size_t whole = (bytes + 2 * guard + 255) / 256 * 256;
    char* memory = (char*)aligned_alloc(256, whole);
    memset(memory, 0xC7, whole);
    memset(memory + guard, fill, bytes);
    return memory + guard;
}

bool guards_hold(char* memory, size_t bytes)
{
    for (size_t i = 0; i < guard; i++)
    {
        if ((unsigned char)memory[-(long)i - 1] != 0xC7 || (unsigned char)memory[bytes + i] != 0xC7)
        {
            return false;
        }
    }

    return true;
}

// Whether [address, address + bytes) lies inside one device allocation.
bool on_device(uint64_t address, size_t bytes)
{
    auto found = device_memory.upper_bound((char*)address);
    if (found == device_memory.begin())
    {
        return false;
    }

    --found;
    return (char*)address + bytes <= found->first + found->second;
}
}

bool driver::all_guards_hold()
{
    for (auto& entry : device_memory)
    {
        if (!guards_hold(entry.first, entry.second))
        {
            return false;
        }
    }

    return true;
}

long driver::live_memory() { return (long)device_memory.size() + (long)host_memory.size() + (long)registered.size(); }

extern "C"
{
int cuMemGetInfo_v2(size_t* available, size_t* total)
{
    ENTER("cuMemGetInfo_v2");
    *available = memory_limit - memory_used;
    *total = memory_limit;
    return success;
}

int cuMemAlloc_v2(uint64_t* pointer, size_t bytes)
{
    ENTER("cuMemAlloc_v2");
    if (bytes > memory_limit - memory_used)
    {
        return out_of_memory;
    }

    char* memory = allocate(bytes, 0xFF); // NaN: what nobody wrote poisons what reads it
    device_memory[memory] = bytes;
    memory_used += bytes;
    *pointer = (uint64_t)memory;
    return success;
}

int cuMemFree_v2(uint64_t pointer)
{
    finish_all(); // cuMemFree waits for the device
    auto found = device_memory.find((char*)pointer);
    if (found == device_memory.end())
    {
        return invalid_value;
    }

    memory_used -= found->second;
    free(found->first - guard);
    device_memory.erase(found);
    return enter("cuMemFree_v2");
}

int cuMemHostAlloc(void** pointer, size_t bytes, unsigned)
{
    ENTER("cuMemHostAlloc");
    char* memory = allocate(bytes, 0xFF);
    host_memory[memory] = bytes;
    *pointer = memory;
    return success;
}

int cuMemFreeHost(void* pointer)
{
    finish_all();
    host_memory.erase((char*)pointer);
    free((char*)pointer - guard);
    return enter("cuMemFreeHost");
}

int cuMemHostRegister_v2(void* pointer, size_t, unsigned)
{
    ENTER("cuMemHostRegister_v2");
    registered.insert(pointer);
    return success;
}

int cuMemHostUnregister(void* pointer)
{
    registered.erase(pointer);
    return enter("cuMemHostUnregister");
}

int cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, void* stream)
{
    ENTER("cuMemcpyHtoDAsync_v2");
    if (!on_device(to, bytes))
    {
        return invalid_value;
    }

    return enqueue(stream, [=] { memcpy((void*)to, from, bytes); return success; });
}

int cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, void* stream)
{
    ENTER("cuMemcpyDtoHAsync_v2");
    if (!on_device(from, bytes))
    {
        return invalid_value;
    }

    return enqueue(stream, [=] { memcpy(to, (void*)from, bytes); return success; });
}

int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void* stream)
{
    ENTER("cuMemcpyDtoDAsync_v2");
    if (!on_device(from, bytes) || !on_device(to, bytes))
    {
        return invalid_value;
    }

    return enqueue(stream, [=] { memcpy((void*)to, (void*)from, bytes); return success; });
}

int cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, void* stream)
{
    ENTER("cuMemsetD8Async");
    if (!on_device(to, bytes))
    {
        return invalid_value;
    }

    return enqueue(stream, [=] { memset((void*)to, value, bytes); return success; });
}
}
