using System.Reflection;
using System.Runtime.InteropServices;

namespace Reacher.Fast.Core.Interop;

/// <summary>
/// Finds the CUDA driver's library at run time. It comes with the NVIDIA driver, not with any toolkit, and a machine without
/// it is an ordinary machine: nothing here throws.
/// </summary>
internal static class CudaLibrary
{
    /// <summary>The name that <see cref="CudaDriver"/> declares its imports under.</summary>
    public const string ImportName = "reacher-fast-cuda-driver";

    /// <summary>Environment variable: the path of the driver library, instead of the system's.</summary>
    public const string PathVariable = "REACHER_FAST_CUDA_DRIVER";

    private static readonly Lock Gate = new();
    private static nint handle;
    private static bool resolverSet;

    /// <summary>The names tried, in this order.</summary>
    public static IReadOnlyList<string> Candidates
    {
        get
        {
            string? path = Environment.GetEnvironmentVariable(PathVariable);
            return !string.IsNullOrEmpty(path) ? [path]
                : OperatingSystem.IsWindows() ? ["nvcuda.dll"]
                : ["libcuda.so.1", "libcuda.so"];
        }
    }

    /// <summary>Loads the library once for the process. False, and why, if there is none.</summary>
    public static bool TryLoad(out string reason) => TryLoad(Candidates, out reason);

    /// <summary>As <see cref="TryLoad(out string)"/>, from these names alone.</summary>
    internal static bool TryLoad(IReadOnlyList<string> candidates, out string reason)
    {
        lock (Gate)
        {
            if (!resolverSet)
            {
                NativeLibrary.SetDllImportResolver(typeof(CudaLibrary).Assembly, Resolve);
                resolverSet = true;
            }

            reason = "";
            foreach (string candidate in handle == 0 ? candidates : [])
            {
                if (NativeLibrary.TryLoad(candidate, out handle))
                {
                    break;
                }
            }

            if (handle == 0)
            {
                reason = $"the NVIDIA driver's library is not here (tried {string.Join(", ", candidates)}); install the NVIDIA driver, " +
                    $"or name the library's path in {PathVariable}";
            }

            return handle != 0;
        }
    }

    /// <summary>Whether <paramref name="candidates"/> alone could be loaded; for tests, touches nothing that is in use.</summary>
    internal static bool CanLoad(IReadOnlyList<string> candidates)
    {
        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out nint found))
            {
                NativeLibrary.Free(found);
                return true;
            }
        }

        return false;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == ImportName ? handle : 0;
}
