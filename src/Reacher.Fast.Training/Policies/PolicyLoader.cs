using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Extensions;

namespace Reacher.Fast.Training.Policies;

/// <summary>
/// Opens a policy that is kept in a file, whoever wrote it: a checkpoint or an exported policy of this project
/// (<see cref="PolicyFile"/>), or an ONNX model in the manner of ML-Agents, which the optional assembly <c>Reacher.Fast.Onnx</c>
/// plays.
/// </summary>
public static class PolicyLoader
{
    private const string OnnxAssembly = "Reacher.Fast.Onnx";

    /// <summary>Whether the file is an ONNX model, by its name.</summary>
    internal static bool IsOnnx(string path) => Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens the policy, which the caller disposes.</summary>
    /// <param name="path">A file; a name that ends in <c>.onnx</c> is taken for an ONNX model.</param>
    /// <exception cref="InputException">
    /// The file cannot be read, holds no policy that can be played, or needs an assembly that is missing.
    /// </exception>
    public static IPolicy Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return IsOnnx(path)
            ? OptionalAssembly.Create<IPolicyFormat>(OnnxAssembly, $"To play '{path}'").Open(path)
            : PolicyFile.Open(path, Policy.DefaultBatchSize);
    }
}
