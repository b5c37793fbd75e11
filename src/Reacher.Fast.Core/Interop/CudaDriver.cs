using System.Runtime.InteropServices;

namespace Reacher.Fast.Core.Interop;

/// <summary>
/// The CUDA driver API, as much of it as is called; declarations only, under their native names (CUDA Driver API reference).
/// Every function answers a <see cref="CudaStatus"/>, which <see cref="CudaCheck"/> turns into an exception; calls may block
/// or take the driver's locks, so the transition to native code is never suppressed. Device pointers are 64-bit numbers.
/// </summary>
internal static unsafe partial class CudaDriver
{
    private const string Library = CudaLibrary.ImportName;

    // Driver and devices.

    [LibraryImport(Library)]
    public static partial CudaStatus cuInit(uint flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDriverGetVersion(out int version);

    [LibraryImport(Library)]
    public static partial CudaStatus cuGetErrorName(CudaStatus status, out byte* text);

    [LibraryImport(Library)]
    public static partial CudaStatus cuGetErrorString(CudaStatus status, out byte* text);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDeviceGetCount(out int count);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDeviceGet(out int device, int ordinal);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDeviceTotalMem_v2(out nuint bytes, int device);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDeviceGetAttribute(out int value, int attribute, int device);

    // Contexts: the primary one, which every user of the device in this process shares.

    [LibraryImport(Library)]
    public static partial CudaStatus cuDevicePrimaryCtxRetain(out nint context, int device);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Library)]
    public static partial CudaStatus cuCtxSetCurrent(nint context);

    // Modules and functions.

    [LibraryImport(Library)]
    public static partial CudaStatus cuModuleLoadDataEx(out nint module, byte* image, uint optionCount, int* options, void** values);

    [LibraryImport(Library)]
    public static partial CudaStatus cuModuleUnload(nint module);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial CudaStatus cuModuleGetFunction(out nint function, CudaModule module, string name);

    [LibraryImport(Library)]
    public static partial CudaStatus cuFuncSetAttribute(nint function, int attribute, int value);

    // Memory.

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemGetInfo_v2(out nuint available, out nuint total);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemAlloc_v2(out nint pointer, nuint bytes);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemFree_v2(nint pointer);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemHostAlloc(out nint pointer, nuint bytes, uint flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemFreeHost(nint pointer);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemHostRegister_v2(nint pointer, nuint bytes, uint flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemHostUnregister(nint pointer);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemcpyHtoDAsync_v2(nint to, void* from, nuint bytes, CudaStream stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemcpyDtoHAsync_v2(void* to, nint from, nuint bytes, CudaStream stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemcpyDtoDAsync_v2(nint to, nint from, nuint bytes, CudaStream stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemsetD8Async(nint to, byte value, nuint bytes, CudaStream stream);

    // Streams and events.

    [LibraryImport(Library)]
    public static partial CudaStatus cuStreamCreate(out nint stream, uint flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuStreamDestroy_v2(nint stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuStreamSynchronize(CudaStream stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuStreamWaitEvent(CudaStream stream, CudaEvent after, uint flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuEventCreate(out nint made, uint flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuEventDestroy_v2(nint made);

    [LibraryImport(Library)]
    public static partial CudaStatus cuEventRecord(CudaEvent at, CudaStream stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuEventQuery(CudaEvent at);

    [LibraryImport(Library)]
    public static partial CudaStatus cuEventSynchronize(CudaEvent at);

    [LibraryImport(Library)]
    public static partial CudaStatus cuEventElapsedTime(out float milliseconds, CudaEvent start, CudaEvent end);

    // Launches and graphs.

    [LibraryImport(Library)]
    public static partial CudaStatus cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes,
        CudaStream stream, void** parameters, void** extra);

    [LibraryImport(Library)]
    public static partial CudaStatus cuGraphCreate(out nint graph, uint flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuGraphDestroy(nint graph);

    [LibraryImport(Library)]
    public static partial CudaStatus cuGraphAddKernelNode_v2(
        out nint node, CudaGraph graph, nint* dependencies, nuint dependencyCount, KernelNodeParameters* parameters);

    [LibraryImport(Library)]
    public static partial CudaStatus cuGraphInstantiateWithFlags(out nint executable, CudaGraph graph, ulong flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuGraphLaunch(CudaGraphExecutable executable, CudaStream stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuGraphExecDestroy(nint executable);
}

/// <summary>One kernel launch of a graph, laid out as the driver's CUDA_KERNEL_NODE_PARAMS_v2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KernelNodeParameters
{
    public nint Function;
    public uint GridX;
    public uint GridY;
    public uint GridZ;
    public uint BlockX;
    public uint BlockY;
    public uint BlockZ;
    public uint SharedBytes;
    public void** Parameters;
    public void** Extra;
    public nint Kernel;
    public nint Context;
}
