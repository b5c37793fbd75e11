using System.Runtime.InteropServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Gpu;

/// <summary>Rows without a replay file, stamped as a replay's: every number of the row at position p is p, small enough to be exact.</summary>
internal sealed class SyntheticRows(TransitionSpec spec, long capacity) : IReplayRows
{
    private const int Have = 4096;

    private readonly byte[] rows = Make(spec);

    public TransitionSpec Spec => spec;

    public long Capacity => capacity;

    public long First => 0;

    public long End { get; set; }

    /// <summary>What every number of the row at <paramref name="position"/> is.</summary>
    public static float Value(long position) => position % Have / (float)Have;

    public int Copy(long position, int count, Span<byte> destination)
    {
        int stride = spec.StrideBytes;
        for (int i = 0; i < count; i++)
        {
            Span<byte> row = destination.Slice(i * stride, stride);
            rows.AsSpan((int)((position + i) % Have) * stride, stride).CopyTo(row);
            MemoryMarshal.Write(row, (ulong)(position + i + 1));
        }

        return count;
    }

    private static byte[] Make(TransitionSpec spec)
    {
        byte[] made = new byte[Have * spec.StrideBytes];
        for (int row = 0; row < Have; row++)
        {
            MemoryMarshal.Cast<byte, float>(made.AsSpan(row * spec.StrideBytes, spec.StrideBytes)).Fill(Value(row));
        }

        return made;
    }
}
