using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// The figures of one update, by their <see cref="ReportSlot"/>: <c>report[ReportSlot.MeanQ]</c>. A learner on CUDA may report those of a
/// slightly earlier update, so as not to wait.
/// </summary>
public readonly struct LearnerReport : IEquatable<LearnerReport>
{
    private readonly Figures figures;

    /// <summary>Copies the figures.</summary>
    /// <param name="figures">One for each slot, in the slots' order.</param>
    /// <exception cref="ArgumentException">They are not <see cref="ReportSlot.Count"/>.</exception>
    public LearnerReport(ReadOnlySpan<float> figures)
    {
        if (figures.Length != ReportSlot.Count)
        {
            throw new ArgumentException($"A report has {ReportSlot.Count} figures, not {figures.Length}.", nameof(figures));
        }

        figures.CopyTo(this.figures);
    }

    /// <summary>All figures, in the slots' order.</summary>
    [UnscopedRef]
    public ReadOnlySpan<float> Values => figures;

    /// <summary>The figure in <paramref name="slot"/>.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such slot.</exception>
    public float this[int slot] => figures[slot];

    /// <summary>Whether both hold the same figures; one that is not a number equals another.</summary>
    public static bool operator ==(LearnerReport left, LearnerReport right) => left.Equals(right);

    /// <summary>Whether they differ in a figure.</summary>
    public static bool operator !=(LearnerReport left, LearnerReport right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(LearnerReport other) => ((ReadOnlySpan<float>)figures).SequenceEqual(other.figures);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LearnerReport other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (float figure in figures)
        {
            hash.Add(figure);
        }

        return hash.ToHashCode();
    }

    [InlineArray(ReportSlot.Count)]
    private struct Figures
    {
        private float first;
    }
}
