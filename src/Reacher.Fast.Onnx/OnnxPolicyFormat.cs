using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Onnx;

/// <summary>ONNX models in the manner of ML-Agents, for a program that loads this assembly only when it meets one.</summary>
public sealed class OnnxPolicyFormat : IPolicyFormat
{
    /// <inheritdoc/>
    public IPolicy Open(string path) => OnnxPolicy.Open(path);
}
