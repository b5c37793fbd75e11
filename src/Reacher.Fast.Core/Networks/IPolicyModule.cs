namespace Reacher.Fast.Core.Networks;

/// <summary>A network of a program's own that acts; see <see cref="IPolicyArchitecture"/>. One thread at a time.</summary>
public interface IPolicyModule : IDisposable
{
    /// <summary>Takes the parameters, one after another.</summary>
    void Load(ReadOnlySpan<float> parameters);

    /// <summary>
    /// The outputs for observations that are normalised already: means and raw log sigmas of a Gaussian policy, or the actions of a
    /// deterministic one, in [-1, 1].
    /// </summary>
    /// <param name="observations">[N, O].</param>
    /// <param name="count">N.</param>
    /// <param name="outputs">[N, <see cref="PolicySpec.OutputSize"/>], written.</param>
    void Forward(ReadOnlySpan<float> observations, int count, Span<float> outputs);
}
