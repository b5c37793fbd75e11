using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Reacher.Fast.Core.Vectors;

/// <summary>
/// Rows of a packed weight matrix, transposed into packed panels: the right operand of the input's gradient. Blocks of 4 by 4
/// in 128-bit registers whatever the instruction set: most of its time is memory's, not the shuffles'.
/// </summary>
internal static unsafe class Transpose
{
    /// <summary>
    /// Columns [columnBegin, columnEnd) of <paramref name="to"/> [C, n]: to[c, j] = from[firstRow + j, c]. Both bounds are multiples
    /// of the panel width, or the end is to.Columns; padding columns of the last panel become zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns(in PackedMatrix from, int firstRow, in PackedMatrix to, int columnBegin, int columnEnd)
    {
        int width = from.Width;
        int lastPanel = (columnEnd - 1) / width;
        for (int panel = columnBegin / width; panel <= lastPanel; panel++)
        {
            int real = Math.Min(width, to.Columns - panel * width);
            for (int row = 0; row < to.Rows; row += 4)
            {
                // Rows of `to` are columns of `from`: four of them lie side by side in one panel of `from`, real or padding.
                float* source = from.At(firstRow + panel * width, row);
                float* destination = to.Panel(panel) + (nint)row * width;
                int rows = Math.Min(4, to.Rows - row);
                int column = 0;
                for (; rows == 4 && column + 4 <= real; column += 4)
                {
                    Block(source + (nint)column * width, destination + column, width);
                }

                for (; column < width; column++)
                {
                    for (int i = 0; i < rows; i++)
                    {
                        destination[(nint)i * width + column] = column < real ? source[(nint)column * width + i] : 0f;
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block(float* source, float* destination, nint step)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + step);
        Vector128<float> c = Vector128.Load(source + 2 * step), d = Vector128.Load(source + 3 * step);

        // (a0 c0 a1 c1), (b0 d0 b1 d1): interleaving them gives columns 0 and 1; the high halves give 2 and 3.
        Vector128<float> ac = Low(a, c), bd = Low(b, d), acHigh = High(a, c), bdHigh = High(b, d);
        Low(ac, bd).Store(destination);
        High(ac, bd).Store(destination + step);
        Low(acHigh, bdHigh).Store(destination + 2 * step);
        High(acHigh, bdHigh).Store(destination + 3 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);
}
