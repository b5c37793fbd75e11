using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Reacher.Fast.Core.Batch;

namespace Reacher.Fast.Replay.Format;

/// <summary>Asks for the lines of a row before they are needed; a wish, which never faults. Does nothing but on x64.</summary>
internal static unsafe class RowPrefetch
{
    private const int LineBytes = 64;

    /// <summary>Most of a row that is asked for: what lies behind, the processor's own stream prefetcher brings.</summary>
    private const int MostBytes = 16 * LineBytes;

    /// <summary>Bytes of a row to ask for.</summary>
    public static int BytesOf(TransitionSpec spec) => Math.Min(TransitionSpec.RowHeaderBytes + spec.PayloadBytes, MostBytes);

    /// <summary>Asks for the line at <paramref name="address"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(byte* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>
    /// Two lines, or five and whatever is left: a loop over a row's lines, or one condition a line, costs a fifth of a whole
    /// gather (its branches stand where every load is a miss), a line too many next to nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lines(byte* row, int bytes)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        Sse.Prefetch0(row);
        Sse.Prefetch0(row + LineBytes);
        if (bytes > 2 * LineBytes)
        {
            Sse.Prefetch0(row + (2 * LineBytes));
            Sse.Prefetch0(row + (3 * LineBytes));
            Sse.Prefetch0(row + (4 * LineBytes));
            for (int i = 5 * LineBytes; i < bytes; i += LineBytes)
            {
                Sse.Prefetch0(row + i);
            }
        }
    }
}
