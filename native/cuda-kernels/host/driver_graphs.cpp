// The stand-in driver's launches and graphs, run on the emulated GPU.
#include "driver.hpp"
#include <set>
#include <vector>

using namespace driver;

namespace
{
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
        return lose(launch_failed);
    }

    return all_guards_hold() ? success : lose(illegal_address);
}

int describe(Launch& launch, void* function, const unsigned (&grid)[3], const unsigned (&block)[3], unsigned shared, void** parameters)
{
    launch.function = (Function*)function;
    launch.threads = (int)block[0];
    launch.shared_bytes = shared;
    if (launch.function == nullptr || block[1] != 1 || block[2] != 1 || block[0] < 1 || block[0] > 1024 || (int)shared > shared_limit)
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

// Runs the nodes in the most perverse order that their dependencies allow: the newest node that may run goes first. An
// operation that was recorded without a dependency it has runs too early, and its results are wrong.
int run_graph(std::vector<Launch*> waiting)
{
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
}

extern "C"
{
int cuLaunchKernel(
    void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void* stream,
    void** parameters, void**)
{
    ENTER("cuLaunchKernel");
    Launch launch{};
    int status = describe(launch, function, {gx, gy, gz}, {bx, by, bz}, shared, parameters);
    return status != success ? status : enqueue(stream, [launch]() mutable { return run(launch); });
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

int cuGraphLaunch(void* executable, void* stream)
{
    ENTER("cuGraphLaunch");
    std::vector<Launch*> nodes = ((Graph*)executable)->nodes;
    return enqueue(stream, [nodes] { return run_graph(nodes); });
}
}
