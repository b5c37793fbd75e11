using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Reacher.Fast.Core;

namespace Reacher.Fast.Torch.Loading;

/// <summary>
/// libtorch and TorchSharp's bridge to it, loaded once for the process and checked before any of TorchSharp's types is touched: their own way of
/// finding it copies half a gigabyte, and says of every failure that a package is not restored.
/// </summary>
internal sealed partial class TorchLibrary
{
    private const int Major = 2;

    // The bridge was built against 2.10. Of 2.11 all its symbols are there, and the layout is checked as with any.
    private static readonly int[] Minors = [10, 11];

    private static readonly Lock Gate = new();
    private static TorchLibrary? loaded;

    private TorchLibrary(string folder, string version, bool isPatched, nint cpu, nint cuda)
    {
        (Folder, Version, IsPatched) = (folder, version, isPatched);
        (Cpu, Cuda) = (cpu, cuda);
    }

    /// <summary>libtorch_cpu, for what it exports in C.</summary>
    public nint Cpu { get; }

    /// <summary>libtorch_cuda; 0 where there is none.</summary>
    public nint Cuda { get; }

    /// <summary>Where libtorch lies.</summary>
    public string Folder { get; }

    /// <summary>Whether its CUDA half was loaded.</summary>
    public bool HasCuda => Cuda != 0;

    /// <summary>Its version, such as 2.10.</summary>
    public string Version { get; }

    /// <summary>Whether the bridge is a copy that was made to suit this system's older libstdc++.</summary>
    public bool IsPatched { get; }

    /// <summary>Loads it where that has not been done, and checks it.</summary>
    /// <param name="cuda">Whether CUDA is needed.</param>
    /// <exception cref="InputException">It cannot be found, loaded or used; the sentence says what to do.</exception>
    public static TorchLibrary Require(bool cuda) => Require(TorchSearch.OfProcess(), cuda);

    /// <summary>As <see cref="Require(bool)"/>, looking elsewhere.</summary>
    internal static TorchLibrary Require(TorchSearch search, bool cuda)
    {
        lock (Gate)
        {
            loaded ??= Load(search);
            if (cuda)
            {
                RequireCuda(loaded.Folder, loaded.HasCuda);
            }

            return loaded;
        }
    }

    /// <summary>Refuses a libtorch without CUDA.</summary>
    /// <exception cref="InputException">It has none.</exception>
    internal static void RequireCuda(string folder, bool hasCuda)
    {
        if (!hasCuda)
        {
            throw new InputException(
                $"The libtorch in '{folder}' has no CUDA; set {TorchSearch.FolderVariable} to the torch/lib of a PyTorch with CUDA, or choose the " +
                "device torch.");
        }
    }

    private static TorchLibrary Load(TorchSearch search)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw new InputException("The devices torch and torch-cuda are for Linux on x64 only; choose another with the option 'device'.");
        }

        string folder = search.FindLibrary(), bridgeFile = search.FindBridge();
        RequireAlone(folder);
        nint cpu = 0, cuda = 0;
        foreach (string library in TorchSearch.Libraries(folder, TorchSearch.HasCuda(folder)))
        {
            if (!NativeLoader.TryOpen(library, out nint opened, out string reason))
            {
                throw new InputException(
                    $"The libtorch in '{folder}' cannot be loaded ({reason}); install it anew, or name another folder in " +
                    $"{TorchSearch.FolderVariable}.");
            }

            cpu = Path.GetFileName(library) == "libtorch_cpu.so" ? opened : cpu;
            cuda = Path.GetFileName(library) == "libtorch_cuda.so" ? opened : cuda;
        }

        string version = RequireVersion(cpu, folder);
        (nint bridge, bool isPatched) = OpenBridge(bridgeFile, folder, version);
        RequireLayout(cpu, bridge, folder, version);
        return new TorchLibrary(folder, version, isPatched, cpu, cuda);
    }

    // Another library of this process, such as a Python that it hosts, may have loaded one.
    private static void RequireAlone(string folder)
    {
        string? other = File.ReadLines("/proc/self/maps")
            .Select(line => line.IndexOf('/') is int at and >= 0 ? line[at..] : "")
            .FirstOrDefault(path => Path.GetFileName(path) == "libtorch_cpu.so");
        if (other is not null && Path.GetFullPath(Path.GetDirectoryName(other)!) != Path.GetFullPath(folder))
        {
            throw new InputException(
                $"This process has the libtorch of '{Path.GetDirectoryName(other)}' already, and a process can have only one; name that folder " +
                $"in {TorchSearch.FolderVariable}.");
        }
    }

    private static unsafe string RequireVersion(nint cpu, string folder)
    {
        string version = "older than 2.9";
        if (NativeLibrary.TryGetExport(cpu, "aoti_torch_abi_version", out nint export))
        {
            ulong number = ((delegate* unmanaged<ulong>)export)();
            (int major, int minor) = ((int)(number >> 56), (int)(number >> 48) & 0xff);
            version = FormattableString.Invariant($"{major}.{minor}");
            if (major == Major && Minors.Contains(minor))
            {
                return version;
            }
        }

        throw new InputException(
            $"The libtorch in '{folder}' is of version {version}, and {Major}.{Minors[0]} or {Major}.{Minors[^1]} is needed; name the folder of " +
            $"one in {TorchSearch.FolderVariable}.");
    }

    /// <summary>
    /// Opens the bridge, or where only the system's libstdc++ is too old, a copy that does not insist on its version: the one symbol of that
    /// version is never called. The copy is deleted as soon as it is open.
    /// </summary>
    internal static (nint Bridge, bool IsPatched) OpenBridge(string file, string folder, string version)
    {
        if (NativeLoader.TryOpen(file, out nint bridge, out string reason))
        {
            return (bridge, false);
        }

        if (VersionNotFound().Match(reason) is { Success: true } refused)
        {
            byte[] image = File.ReadAllBytes(file);
            if (ElfVersionNeed.Weaken(image, refused.Groups[1].Value))
            {
                string copy = Directory.CreateTempSubdirectory("reacher-fast-torch-").FullName;
                try
                {
                    string patched = Path.Combine(copy, Path.GetFileName(file));
                    File.WriteAllBytes(patched, image);
                    if (NativeLoader.TryOpen(patched, out bridge, out reason))
                    {
                        return (bridge, true);
                    }
                }
                finally
                {
                    Directory.Delete(copy, recursive: true);
                }
            }
        }

        throw new InputException(
            $"TorchSharp's native library '{file}' cannot be used with the libtorch {version} in '{folder}' ({reason}); name the folder of another " +
            $"in {TorchSearch.FolderVariable}.");
    }

    // The bridge reads the fields of tensors where its own headers say that they lie; no symbol tells that a libtorch has them elsewhere.
    private static unsafe void RequireLayout(nint cpu, nint bridge, string folder, string version)
    {
        const int Float64 = 7;
        long* sizes = stackalloc long[] { 3, 5, 7 }, strides = stackalloc long[] { 35, 7, 1 };
        nint tensor;
        int failed = ((delegate* unmanaged<long, long*, long*, int, int, int, nint*, int>)NativeLibrary.GetExport(cpu, "aoti_torch_empty_strided"))(
            3, sizes, strides, Float64, 0, 0, &tensor);
        bool fits = failed == 0 &&
            ((delegate* unmanaged<nint, long>)NativeLibrary.GetExport(bridge, "THSTensor_ndimension"))(tensor) == 3 &&
            ((delegate* unmanaged<nint, long>)NativeLibrary.GetExport(bridge, "THSTensor_numel"))(tensor) == 105 &&
            ((delegate* unmanaged<nint, sbyte>)NativeLibrary.GetExport(bridge, "THSTensor_type"))(tensor) == Float64;
        if (!fits)
        {
            throw new InputException(
                $"The tensors of the libtorch {version} in '{folder}' are laid out otherwise than TorchSharp reads them; name the folder of " +
                $"another in {TorchSearch.FolderVariable}.");
        }

        _ = ((delegate* unmanaged<nint, int>)NativeLibrary.GetExport(cpu, "aoti_torch_delete_tensor_object"))(tensor);
    }

    [GeneratedRegex("version `([^']+)' not found")]
    private static partial Regex VersionNotFound();
}
