// A stand-in for libcuda.so: the part of the CUDA driver API that Reacher.Fast calls, over the emulated GPU. Tests load it
// to run every kernel, graph and copy without a GPU, to make any call fail, and to see that nothing is leaked.
//
// Here: devices, contexts, modules, and what tests ask of it; driver_memory, driver_streams and driver_graphs are the rest.
// Signatures as in the CUDA driver API reference; statuses are CUresult's numbers.
#include "driver.hpp"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <unistd.h>

using namespace driver;

namespace driver
{
long contexts, modules, streams, events, graphs, executables, launches;
int devices = 1;
int shared_limit = 227 * 1024;
size_t memory_limit = (size_t)1 << 32, memory_used;
}

namespace
{
struct Failure
{
    int skip, status;
    bool sticky;
    std::string marker; // a file made when it happens: while it is there, no process sees a GPU
};

struct Module
{
    std::string text;
    std::map<std::string, Function*> functions;
};

std::map<std::string, Failure> failures;
std::map<std::string, long> calls;
int lost;
bool initialized, planned;

// For tests of whole processes: REACHER_FAST_EMULATED_GPUS=2, and a failure that is planned from outside,
// REACHER_FAST_EMULATED_FAILURE=function:calls to let pass:status:sticky:marker, such as cuGraphLaunch:20:719:1:/tmp/gone
void plan_from_environment()
{
    const char* count = getenv("REACHER_FAST_EMULATED_GPUS");
    const char* failure = getenv("REACHER_FAST_EMULATED_FAILURE");
    char function[64], marker[512];
    int skip, status, sticky;
    if (planned)
    {
        return;
    }

    planned = true;
    devices = count != nullptr ? atoi(count) : devices;
    if (failure != nullptr && sscanf(failure, "%63[^:]:%d:%d:%d:%511s", function, &skip, &status, &sticky, marker) == 5)
    {
        failures[function] = {skip, status, sticky != 0, marker};
        if (access(marker, F_OK) == 0)
        {
            failures["cuInit"] = {0, no_device, true, ""};
        }
    }
}
}

int driver::lose(int status) { return lost = status; }

int driver::enter(const char* name)
{
    calls[name]++;
    if (lost != 0)
    {
        return lost;
    }

    auto found = failures.find(name);
    if (found == failures.end() || found->second.skip-- > 0)
    {
        return initialized || *name == 0 || std::string(name) == "cuInit" ? success : not_initialized;
    }

    Failure failure = found->second;
    failures.erase(found);
    lost = failure.sticky ? failure.status : 0;
    if (!failure.marker.empty())
    {
        fclose(fopen(failure.marker.c_str(), "w"));
    }

    return failure.status;
}

extern "C"
{
int cuInit(unsigned)
{
    plan_from_environment();
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
    return ordinal < devices ? success : invalid_device;
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
    *value = attribute == 75 ? 9 : attribute == 76 ? 0 : attribute == 16 ? 132 : attribute == 97 ? shared_limit : 0;
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

int cuFuncSetAttribute(void*, int attribute, int value)
{
    ENTER("cuFuncSetAttribute");
    return attribute == 8 && value > shared_limit ? invalid_value : success;
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
void rf_fail(const char* function, int skip, int status, int sticky) { failures[function] = {skip, status, sticky != 0, ""}; }

// Forgets planned failures and a lost device, and sets what there is.
void rf_reset(int device_count, uint64_t memory)
{
    failures.clear();
    calls.clear();
    lost = 0;
    planned = true; // a test's own plan, not the environment's
    set_streams(0);
    devices = device_count;
    memory_limit = memory;
    shared_limit = 227 * 1024;
    emulator::set_order(0);
}

// Shared memory that one block may ask for.
void rf_shared(int bytes) { shared_limit = bytes; }

// How late streams do their work; see set_streams.
void rf_streams(int seed) { set_streams(seed); }

void rf_order(int seed) { emulator::set_order(seed); }

long rf_calls(const char* function) { return calls[function]; }

long rf_launches() { return launches; }

// Objects that were made and not yet freed.
long rf_live()
{
    return contexts + modules + streams + events + graphs + executables + live_memory();
}
}
