using System.Numerics;
using System.Runtime.InteropServices;

namespace Reacher.Fast.Core.Numerics;

/// <summary>Looks for NaN and infinity, a vector at a time: x * 0 is 0 for every finite x and NaN for all else.</summary>
internal static class FiniteCheck
{
    /// <summary>Where the first NaN or infinity is, or -1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> sum = Vector<float>.Zero;
        foreach (Vector<float> vector in vectors)
        {
            sum += vector * Vector<float>.Zero;
        }

        // The clean case is decided by the vectors and the remainder; only a bad one is searched.
        int start = sum == Vector<float>.Zero ? vectors.Length * Vector<float>.Count : 0;
        for (int i = start; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
