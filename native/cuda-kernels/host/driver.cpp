// A stand-in for libcuda.so: the part of the CUDA driver API that Reacher.Fast calls, over the emulated GPU. Tests load it
// to run every kernel, graph and copy without a GPU, to make any call fail, and to see that nothing is leaked.
//
// Device memory is host memory with guard words around it. Streams run at once, in the caller's thread: an order that the
// real driver also allows. Signatures as in the CUDA driver API reference; statuses are CUresult's numbers.
#include "emulator.hpp"
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace
{
constexpr int success = 0, invalid_value = 1, out_of_memory = 2, not_initialized = 3, invalid_image = 200, not_found = 500,
              illegal_address = 700, launch_failed = 719;
constexpr size_t guard = 256;

struct Failure
{
    int skip, status;
    bool sticky;
};

struct Function
{
    std::string name;
    emulator::Entry entry;
    int parameters;
};

struct Module
{
    std::string text;
    std::map<std::string, Function*> functions;
};

struct Launch
{
    Function* function;
    int grid[3], threads;
    size_t shared_bytes;
    std::vector<uint64_t> values;
    std::vector<Launch*> after;
};

struct Graph
{
    std::vector<Launch*> nodes;
};

std::map<std::string, Failure> failures;
std::map<std::string, long> calls;
int lost;
bool initialized;
long contexts, modules, streams, events, graphs, executables, launches, graph_launches;
std::map<char*, size_t> device_memory, host_memory;
std::set<void*> registered;
size_t memory_limit = (size_t)1 << 32, memory_used;
int devices = 1;
bool hang;

// Every call comes through here first: a planned failure is answered, and a lost device answers every later call.
int enter(const char* name)
{
    calls[name]++;
    if (lost != 0)
    {
        return lost;
    }

    auto found = failures.find(name);
    if (found == failures.end() || found->second.skip-- > 0)
    {
        return initialized || std::string(name) == "cuInit" ? success : not_initialized;
    }

    Failure failure = found->second;
    failures.erase(found);
    lost = failure.sticky ? failure.status : 0;
    return failure.status;
}

#define ENTER(name)                        \
    {                                      \
        int entered = enter(name);         \
        if (entered != success)            \
        {                                  \
            return entered;                \
        }                                  \
    }

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

bool all_guards_hold()
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

int run(Launch& launch)
{
    launches++;
    std::vector<void*> arguments;
    for (uint64_t& value : launch.values)
    {
        arguments.push_back(&value);
    }

    if (!emulator::run(launch.function->entry, arguments.data(), launch.grid, launch.threads, launch.shared_bytes))
    {
        hang = true;
        return lost = launch_failed;
    }

    return all_guards_hold() ? success : lost = illegal_address;
}

int describe(Launch& launch, void* function, const unsigned (&grid)[3], const unsigned (&block)[3], unsigned shared, void** parameters)
{
    launch.function = (Function*)function;
    launch.threads = (int)block[0];
    launch.shared_bytes = shared;
    if (launch.function == nullptr || block[1] != 1 || block[2] != 1 || block[0] < 1 || block[0] > 1024 || shared > 227 * 1024)
    {
        return invalid_value;
    }

    for (int i = 0; i < 3; i++)
    {
        launch.grid[i] = (int)grid[i];
        if (grid[i] < 1 || (i > 0 && grid[i] > 65535))
        {
            return invalid_value;
        }
    }

    // The callers end their list with null, which the real driver never looks at: a list of another length is an error here.
    for (int i = 0; i <= launch.function->parameters; i++)
    {
        if ((parameters[i] == nullptr) != (i == launch.function->parameters))
        {
            return invalid_value;
        }

        if (i < launch.function->parameters)
        {
            launch.values.push_back(*(uint64_t*)parameters[i]);
        }
    }

    return success;
}
}

extern "C"
{
int cuInit(unsigned)
{
    ENTER("cuInit");
    initialized = true;
    return success;
}

int cuDriverGetVersion(int* version)
{
    ENTER("cuDriverGetVersion");
    *version = 12080;
    return success;
}

int cuDeviceGetCount(int* count)
{
    ENTER("cuDeviceGetCount");
    *count = devices;
    return success;
}

int cuDeviceGet(int* device, int ordinal)
{
    ENTER("cuDeviceGet");
    *device = ordinal;
    return ordinal < devices ? success : 101;
}

int cuDeviceGetName(char* name, int length, int)
{
    ENTER("cuDeviceGetName");
    snprintf(name, (size_t)length, "Emulated GPU");
    return success;
}

int cuDeviceTotalMem_v2(size_t* bytes, int)
{
    ENTER("cuDeviceTotalMem_v2");
    *bytes = memory_limit;
    return success;
}

int cuDeviceGetAttribute(int* value, int attribute, int)
{
    ENTER("cuDeviceGetAttribute");
    *value = attribute == 75 ? 9 : attribute == 76 ? 0 : attribute == 16 ? 132 : attribute == 97 ? 227 * 1024 : 0;
    return success;
}

int cuDevicePrimaryCtxRetain(void** context, int device)
{
    ENTER("cuDevicePrimaryCtxRetain");
    contexts++;
    *context = (void*)(intptr_t)(device + 1);
    return success;
}

int cuDevicePrimaryCtxRelease_v2(int)
{
    contexts--;
    return enter("cuDevicePrimaryCtxRelease_v2");
}

int cuCtxSetCurrent(void*) { return enter("cuCtxSetCurrent"); }

int cuModuleLoadDataEx(void** module, const void* image, unsigned, int*, void**)
{
    ENTER("cuModuleLoadDataEx");
    if (strstr((const char*)image, ".version") == nullptr)
    {
        return invalid_image;
    }

    modules++;
    *module = new Module{(const char*)image, {}};
    return success;
}

int cuModuleUnload(void* module)
{
    modules--;
    for (auto& entry : ((Module*)module)->functions)
    {
        delete entry.second;
    }

    delete (Module*)module;
    return enter("cuModuleUnload");
}

// The kernel must be in the PTX given, and in the sources built into this library.
int cuModuleGetFunction(void** function, void* module, const char* name)
{
    ENTER("cuModuleGetFunction");
    Module* of = (Module*)module;
    Function found{name, nullptr, 0};
    if (of->text.find(std::string(".entry ") + name + "(") == std::string::npos ||
        !emulator::find(name, &found.entry, &found.parameters))
    {
        return not_found;
    }

    Function*& slot = of->functions[name];
    slot = slot != nullptr ? slot : new Function(found);
    *function = slot;
    return success;
}

int cuFuncSetAttribute(void*, int, int) { return enter("cuFuncSetAttribute"); }

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

int cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, void*)
{
    ENTER("cuMemcpyHtoDAsync_v2");
    if (!on_device(to, bytes))
    {
        return invalid_value;
    }

    memcpy((void*)to, from, bytes);
    return success;
}

int cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, void*)
{
    ENTER("cuMemcpyDtoHAsync_v2");
    if (!on_device(from, bytes))
    {
        return invalid_value;
    }

    memcpy(to, (void*)from, bytes);
    return success;
}

int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void*)
{
    ENTER("cuMemcpyDtoDAsync_v2");
    if (!on_device(from, bytes) || !on_device(to, bytes))
    {
        return invalid_value;
    }

    memcpy((void*)to, (void*)from, bytes);
    return success;
}

int cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, void*)
{
    ENTER("cuMemsetD8Async");
    if (!on_device(to, bytes))
    {
        return invalid_value;
    }

    memset((void*)to, value, bytes);
    return success;
}

int cuStreamCreate(void** stream, unsigned)
{
    ENTER("cuStreamCreate");
    *stream = (void*)(intptr_t)(++streams);
    return success;
}

int cuStreamDestroy_v2(void*)
{
    streams--;
    return enter("cuStreamDestroy_v2");
}

int cuStreamSynchronize(void*) { return enter("cuStreamSynchronize"); }

int cuStreamWaitEvent(void*, void*, unsigned) { return enter("cuStreamWaitEvent"); }

int cuEventCreate(void** event, unsigned)
{
    ENTER("cuEventCreate");
    *event = (void*)(intptr_t)(++events);
    return success;
}

int cuEventDestroy_v2(void*)
{
    events--;
    return enter("cuEventDestroy_v2");
}

int cuEventRecord(void*, void*) { return enter("cuEventRecord"); }

int cuEventQuery(void*) { return enter("cuEventQuery"); }

int cuEventSynchronize(void*) { return enter("cuEventSynchronize"); }

int cuEventElapsedTime(float* milliseconds, void*, void*)
{
    ENTER("cuEventElapsedTime");
    *milliseconds = 1.0f;
    return success;
}

int cuLaunchKernel(
    void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void*,
    void** parameters, void**)
{
    ENTER("cuLaunchKernel");
    Launch launch{};
    int status = describe(launch, function, {gx, gy, gz}, {bx, by, bz}, shared, parameters);
    return status == success ? run(launch) : status;
}

int cuGraphCreate(void** graph, unsigned)
{
    ENTER("cuGraphCreate");
    graphs++;
    *graph = new Graph();
    return success;
}

struct KernelNodeParameters
{
    void* function;
    unsigned grid[3], block[3], shared;
    void** parameters;
    void** extra;
    void* kernel;
    void* context;
};

int cuGraphAddKernelNode_v2(void** node, void* graph, void* const* after, size_t count, const KernelNodeParameters* parameters)
{
    ENTER("cuGraphAddKernelNode_v2");
    Launch* launch = new Launch();
    int status = describe(*launch, parameters->function, parameters->grid, parameters->block, parameters->shared, parameters->parameters);
    if (status != success || parameters->kernel != nullptr || parameters->context != nullptr)
    {
        delete launch;
        return status != success ? status : invalid_value;
    }

    for (size_t i = 0; i < count; i++)
    {
        launch->after.push_back((Launch*)after[i]);
    }

    ((Graph*)graph)->nodes.push_back(launch);
    *node = launch;
    return success;
}

int cuGraphDestroy(void* graph)
{
    graphs--;
    return enter("cuGraphDestroy"); // its nodes live on in what was instantiated from it, here: leave them to it
}

int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long)
{
    ENTER("cuGraphInstantiateWithFlags");
    executables++;
    *executable = new Graph(*(Graph*)graph);
    return success;
}

int cuGraphExecDestroy(void* executable)
{
    executables--;
    delete (Graph*)executable;
    return enter("cuGraphExecDestroy");
}

// Runs the nodes in the most perverse order that their dependencies allow: the newest node that may run goes first. An
// operation that was recorded without a dependency it has runs too early, and its results are wrong.
int cuGraphLaunch(void* executable, void*)
{
    ENTER("cuGraphLaunch");
    graph_launches++;
    std::vector<Launch*> waiting = ((Graph*)executable)->nodes;
    std::set<Launch*> done;
    while (!waiting.empty())
    {
        size_t chosen = waiting.size();
        for (size_t i = waiting.size(); i-- > 0 && chosen == waiting.size();)
        {
            bool may = true;
            for (Launch* before : waiting[i]->after)
            {
                may = may && done.count(before) != 0;
            }

            chosen = may ? i : chosen;
        }

        Launch* launch = waiting[chosen];
        int status = run(*launch);
        if (status != success)
        {
            return status;
        }

        done.insert(launch);
        waiting.erase(waiting.begin() + (long)chosen);
    }

    return success;
}

int cuGetErrorName(int status, const char** text)
{
    *text = status == out_of_memory ? "CUDA_ERROR_OUT_OF_MEMORY" : status == launch_failed ? "CUDA_ERROR_LAUNCH_FAILED" : "CUDA_ERROR_OTHER";
    return success;
}

int cuGetErrorString(int status, const char** text)
{
    *text = status == out_of_memory ? "out of memory" : status == launch_failed ? "unspecified launch failure" : "some other error";
    return success;
}

// What tests ask of the stand-in itself.

// Lets `skip` calls of `function` pass and answers the next with `status`; if `sticky`, every later call of any function too.
void rf_fail(const char* function, int skip, int status, int sticky) { failures[function] = {skip, status, sticky != 0}; }

// Forgets planned failures and a lost device, and sets what there is.
void rf_reset(int device_count, uint64_t memory)
{
    failures.clear();
    calls.clear();
    lost = 0;
    hang = false;
    devices = device_count;
    memory_limit = memory;
    emulator::set_order(0);
}

void rf_order(int seed) { emulator::set_order(seed); }

long rf_calls(const char* function) { return calls[function]; }

long rf_launches() { return launches; }

int rf_hung() { return hang ? 1 : 0; }

// Objects that were made and not yet freed.
long rf_live()
{
    return contexts + modules + streams + events + graphs + executables + (long)device_memory.size() + (long)host_memory.size() +
        (long)registered.size();
}
}
