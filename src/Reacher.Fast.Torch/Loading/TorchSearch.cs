using Reacher.Fast.Core;

namespace Reacher.Fast.Torch.Loading;

/// <summary>Where libtorch is looked for: a folder that the user names, beside the program, and in NuGet's package folders, in this order.</summary>
/// <param name="Named">What <see cref="FolderVariable"/> names, or null.</param>
/// <param name="ProgramFolders">The program's folder and this assembly's, which may lie apart from it.</param>
/// <param name="PackageFolders">libtorch's own folder in each package folder that may hold it.</param>
internal sealed record TorchSearch(string? Named, IReadOnlyList<string> ProgramFolders, IReadOnlyList<string> PackageFolders)
{
    /// <summary>Environment variable: the folder that holds libtorch, such as PyTorch's own <c>torch/lib</c>.</summary>
    public const string FolderVariable = "REACHER_FAST_LIBTORCH";

    /// <summary>What a program's build may say of where the package lies (<c>runtimeconfig.json</c>).</summary>
    public const string FolderProperty = "Reacher.Fast.Torch.LibTorch";

    /// <summary>TorchSharp's own native library, between it and libtorch.</summary>
    public const string Bridge = "libLibTorchSharp.so";

    private const string Package = "libtorch-cpu-linux-x64/2.10.0/runtimes/linux-x64/native";

    // In the order in which they need each other.
    private static readonly string[] Parts = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private static readonly string[] CudaParts = ["libc10_cuda.so", "libtorch_cuda.so"];

    /// <summary>Where this process looks.</summary>
    public static TorchSearch OfProcess()
    {
        string assembly = Path.GetDirectoryName(typeof(TorchSearch).Assembly.Location) ?? AppContext.BaseDirectory;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(home, ".nuget", "packages");
        string? property = AppContext.GetData(FolderProperty) as string;
        return new TorchSearch(
            Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named ? named : null,
            [.. new[] { AppContext.BaseDirectory, assembly }.Distinct()],
            [.. property is { Length: > 0 } ? new[] { property } : [], Path.Combine(packages, Package)]);
    }

    /// <summary>The folder of the libtorch to load.</summary>
    /// <exception cref="InputException">There is none, or two that would meet in this process, or half a one.</exception>
    public string FindLibrary()
    {
        // TorchSharp looks beside itself first. Two libtorch in a process end it, so another than the one there cannot be had.
        string? beside = ProgramFolders.SelectMany(Candidates).FirstOrDefault(HoldsAny);
        if (Named is not null && beside is not null && Path.GetFullPath(Named) != Path.GetFullPath(beside))
        {
            throw new InputException(
                $"{FolderVariable} names '{Named}', and '{beside}', beside the program, holds a libtorch too; a process can have only one, so " +
                "unset the variable or take that one away.");
        }

        string found = Named ?? beside ?? PackageFolders.FirstOrDefault(HoldsAny) ?? throw new InputException(
            $"There is no libtorch: neither {FolderVariable} names its folder, nor does it lie beside the program, nor in the package folder " +
            $"('{PackageFolders[^1]}'); set {FolderVariable} to PyTorch's torch/lib, or restore the package libtorch-cpu-linux-x64 2.10.0.");
        if (Parts.FirstOrDefault(part => !File.Exists(Path.Combine(found, part))) is string missing)
        {
            throw new InputException(
                HoldsAny(found)
                    ? $"The libtorch in '{found}' is not whole, it has no {missing}; install it anew, or name another folder in {FolderVariable}."
                    : $"There is no libtorch in '{found}', which {FolderVariable} names; name the folder that holds {missing}, such as PyTorch's " +
                        "torch/lib.");
        }

        return found;
    }

    /// <summary>TorchSharp's bridge to libtorch.</summary>
    /// <exception cref="InputException">It is not beside the program.</exception>
    public string FindBridge() => ProgramFolders.SelectMany(Candidates).Select(folder => Path.Combine(folder, Bridge)).FirstOrDefault(File.Exists)
        ?? throw new InputException(
            $"TorchSharp's native library {Bridge} is not beside the program in '{ProgramFolders[0]}'; build or install Reacher.Fast.Torch anew.");

    /// <summary>The libraries of a folder that are to be loaded, in order.</summary>
    public static IEnumerable<string> Libraries(string folder, bool cuda) =>
        (cuda ? [.. Parts[..2], .. CudaParts, Parts[2]] : Parts).Select(part => Path.Combine(folder, part));

    /// <summary>Whether the libtorch of a folder has CUDA.</summary>
    public static bool HasCuda(string folder) => Array.TrueForAll(CudaParts, part => File.Exists(Path.Combine(folder, part)));

    private static bool HoldsAny(string folder) => Parts.Any(part => File.Exists(Path.Combine(folder, part)));

    private static IEnumerable<string> Candidates(string folder) => [folder, Path.Combine(folder, "runtimes", "linux-x64", "native")];
}
