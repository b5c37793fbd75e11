using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
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

    /// <summary>Lets <paramref name="skip"/> calls of a function pass and answers the next with <paramref name="status"/>; a sticky one for good.</summary>
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

    /// <summary>The kernels' sources, or null where the tests run without the repository.</summary>
    public static string? Sources()
    {
        for (DirectoryInfo? folder = new(TestContext.CurrentContext.TestDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "native", "cuda-kernels");
            if (File.Exists(Path.Combine(candidate, "platform.cuh")))
            {
                return candidate;
            }
        }

        return null;
    }

    private static (nint Library, string Reason) Load()
    {
        string? sources = Sources();
        if (sources is null)
        {
            return (0, "native/cuda-kernels is not above the test's folder.");
        }

        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return (0, "The emulated GPU is built on Linux x64 only.");
        }

        string? path = Build(sources, out string reason);
        if (path is null)
        {
            return (0, reason);
        }

        Environment.SetEnvironmentVariable(CudaLibrary.PathVariable, path);
        nint library = NativeLibrary.Load(path);
        fail = (delegate* unmanaged<byte*, int, int, int, void>)NativeLibrary.GetExport(library, "rf_fail");
        reset = (delegate* unmanaged<int, ulong, void>)NativeLibrary.GetExport(library, "rf_reset");
        order = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "rf_order");
        calls = (delegate* unmanaged<byte*, nint>)NativeLibrary.GetExport(library, "rf_calls");
        live = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "rf_live");
        launches = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "rf_launches");
        return (library, "");
    }

    /// <summary>The library, built if no earlier run has built these very sources.</summary>
    private static string? Build(string sources, out string reason)
    {
        string[] kernels = Directory.GetFiles(sources, "*.cu"), host = Directory.GetFiles(Path.Combine(sources, "host"), "*.cpp");
        string[] all = [.. kernels, .. host, .. Directory.GetFiles(sources, "*.cuh"), .. Directory.GetFiles(Path.Combine(sources, "host"), "*.h*")];
        Array.Sort(all, StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in all)
        {
            hash.AppendData(File.ReadAllBytes(file));
        }

        string path = Path.Combine(TestContext.CurrentContext.TestDirectory, $"emulated-gpu-{Convert.ToHexString(hash.GetHashAndReset())[..16]}.so");
        reason = "";
        if (File.Exists(path))
        {
            return path;
        }

        // One .cu at a time would be quicker on many cores; one command is simpler, and this happens once a change.
        string building = path + "." + Environment.ProcessId;
        string[] flags = ["-std=c++17", "-O2", "-march=native", "-ffp-contract=off", "-fPIC", "-shared", "-DREACHER_FAST_HOST", "-o", building, "-x", "c++"];
        foreach (string compiler in (string[])["g++", "clang++", "clang++-19"])
        {
            var start = new ProcessStartInfo(compiler) { RedirectStandardError = true };
            foreach (string argument in (string[])[.. flags, .. kernels, .. host])
            {
                start.ArgumentList.Add(argument);
            }

            try
            {
                using Process process = Process.Start(start)!;
                string errors = process.StandardError.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode != 0)
                {
                    throw new InvalidOperationException($"{compiler} does not compile the kernels for the host:\n{errors}");
                }

                File.Move(building, path, overwrite: true);
                return path;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                reason = "No C++ compiler (g++ or clang++) is here to build the emulated GPU.";
            }
        }

        return null;
    }
}
