using System.Runtime.InteropServices;
using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Tests.Interop;

/// <summary>
/// The stand-in for the CUDA driver: native/cuda-kernels/host and all kernels, built once as a shared library by the C++
/// compiler that is here. The kernels run on this processor; any driver call can be made to fail; whatever is not freed shows.
/// </summary>
internal static unsafe class FakeDriver
{
    private const ulong Memory = 1UL << 32;

    private static readonly Lazy<(nint Library, string Reason)> Loaded = new(Load);

    private static delegate* unmanaged<byte*, int, int, int, void> fail;
    private static delegate* unmanaged<int, ulong, void> reset;
    private static delegate* unmanaged<int, void> order;
    private static delegate* unmanaged<int, void> streams;
    private static delegate* unmanaged<int, void> shared;
    private static delegate* unmanaged<int, nint, void> ignoreWaits;
    private static delegate* unmanaged<byte*, nint> calls;
    private static delegate* unmanaged<nint> live;
    private static delegate* unmanaged<nint> launches;

    /// <summary>Objects made and not freed.</summary>
    public static long Live
    {
        get
        {
            GC.Collect(); // what a failed constructor left behind goes with its finalizer
            GC.WaitForPendingFinalizers();
            return live();
        }
    }

    /// <summary>Kernels run so far.</summary>
    public static long Launches => launches();

    /// <summary>Makes it the driver of this process, healthy, with one device; ignores the test where it cannot be built.</summary>
    public static void Require(int devices = 1, ulong memory = Memory)
    {
        if (Loaded.Value.Library == 0)
        {
            Assert.Ignore(Loaded.Value.Reason);
        }

        reset(devices, memory);
    }

    /// <summary>
    /// Lets <paramref name="skip"/> calls of a function pass and answers the next with <paramref name="status"/>; a sticky one
    /// for good.
    /// </summary>
    public static void Fail(string function, CudaStatus status, int skip = 0, bool sticky = false)
    {
        fixed (byte* name = System.Text.Encoding.ASCII.GetBytes(function + '\0'))
        {
            fail(name, skip, (int)status, sticky ? 1 : 0);
        }
    }

    /// <summary>How often a function has been called since <see cref="Require"/>.</summary>
    public static long Calls(string function)
    {
        fixed (byte* name = System.Text.Encoding.ASCII.GetBytes(function + '\0'))
        {
            return calls(name);
        }
    }

    /// <summary>Order of the threads of a block between barriers: 0 as numbered, 1 backwards, else a shuffle.</summary>
    public static void Order(int seed) => order(seed);

    /// <summary>Shared memory that one block may ask for from now on.</summary>
    public static void SharedBytes(int bytes) => shared(bytes);

    /// <summary>When streams do their work: 0 at once, any other number later and in an order of its own, as a real driver may.</summary>
    public static void Streams(int seed) => streams(seed);

    /// <summary>
    /// Has the driver leave out waits that it is asked for: 1 those of a stream, 2 those of all others, 3 those of the host; 0 none, as at first.
    /// </summary>
    public static void IgnoreWaits(int which, nint stream = 0) => ignoreWaits(which, stream);

    /// <summary>The kernels' sources, or null where the tests run without the repository.</summary>
    public static string? Sources() => EmulatedGpu.Sources();

    private static (nint Library, string Reason) Load()
    {
        if (EmulatedGpu.Build(out string reason) is not string path)
        {
            return (0, reason);
        }

        Environment.SetEnvironmentVariable(CudaLibrary.PathVariable, path);
        nint library = NativeLibrary.Load(path);
        fail = (delegate* unmanaged<byte*, int, int, int, void>)NativeLibrary.GetExport(library, "rf_fail");
        reset = (delegate* unmanaged<int, ulong, void>)NativeLibrary.GetExport(library, "rf_reset");
        order = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "rf_order");
        shared = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "rf_shared");
        streams = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "rf_streams");
        ignoreWaits = (delegate* unmanaged<int, nint, void>)NativeLibrary.GetExport(library, "rf_ignore_waits");
        calls = (delegate* unmanaged<byte*, nint>)NativeLibrary.GetExport(library, "rf_calls");
        live = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "rf_live");
        launches = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "rf_launches");
        return (library, "");
    }
}
