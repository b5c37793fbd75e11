using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>
/// A policy's outputs are a few columns wide, 4 of a panel's 16 or 32: worked on as they lie, most lanes would be padding. So a
/// chunk of rows is gathered into a dense array, row after row as noise is numbered, and scattered back.
/// </summary>
internal static unsafe class RowChunk
{
    /// <summary>Elements of a dense array; also the widest action that fits.</summary>
    public const int Capacity = 512;

    /// <summary>Rows whose <paramref name="columns"/> elements fit a dense array.</summary>
    /// <exception cref="NotSupportedException">A single row does not fit.</exception>
    public static int RowsOf(int columns) => columns <= Capacity
        ? Capacity / columns
        : throw new NotSupportedException($"Actions of {columns} numbers are wider than the {Capacity} that the CPU kernels hold.");

    /// <summary>Copies columns [column, column + columns) of some rows out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(in PackedMatrix matrix, int row, int rows, int column, int columns, float* dense)
    {
        for (int j = 0; j < columns; j++)
        {
            float* element = matrix.At(row, column + j);
            for (int i = 0; i < rows; i++)
            {
                dense[i * columns + j] = element[(nint)i * matrix.Width];
            }
        }
    }

    /// <summary>The reverse of <see cref="Gather"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(float* dense, in PackedMatrix matrix, int row, int rows, int column, int columns)
    {
        for (int j = 0; j < columns; j++)
        {
            float* element = matrix.At(row, column + j);
            for (int i = 0; i < rows; i++)
            {
                element[(nint)i * matrix.Width] = dense[i * columns + j];
            }
        }
    }
}
