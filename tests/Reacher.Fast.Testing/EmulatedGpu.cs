using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Reacher.Fast.Testing;

/// <summary>The stand-in for the CUDA driver as a file: native/cuda-kernels/host and all kernels, built by the C++ compiler that is here.</summary>
public static class EmulatedGpu
{
    /// <summary>The library, built if no earlier run has built these very sources; null, and why, where it cannot be.</summary>
    public static string? Build(out string reason)
    {
        reason = "";
        string? sources = Sources();
        if (sources is null)
        {
            reason = "native/cuda-kernels is not above the test's folder.";
            return null;
        }

        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            reason = "The emulated GPU is built on Linux x64 only.";
            return null;
        }

        // Compiled for this very processor, so it lies where this machine's temporary files do.
        string folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "reacher-fast-emulated-gpu")).FullName;
        string path = Path.Combine(folder, $"libcuda-{Hash(sources)}.so");
        if (File.Exists(path))
        {
            return path;
        }

        var start = new ProcessStartInfo("bash", [Path.Combine(sources, "host", "build.sh"), path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        reason = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode switch
        {
            0 => path,
            3 => null,
            _ => throw new InvalidOperationException($"The kernels do not compile for the host:\n{errors.Result}"),
        };
    }

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

    private static string Hash(string sources)
    {
        string host = Path.Combine(sources, "host");
        string[] all = [.. Directory.GetFiles(sources, "*.cu*"), .. Directory.GetFiles(host)];
        Array.Sort(all, StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in all)
        {
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..16];
    }
}
