using System.Runtime.CompilerServices;

namespace Reacher.Fast.Core.Vectors;

/// <summary>
/// C = X B and C = X^T B over packed panels, blocked for the caches; a part of C at a time, so that a team divides it. Every
/// element is summed by one thread in one order, whatever the division: the result does not depend on the thread count.
/// </summary>
internal static unsafe class Gemm<T>
    where T : unmanaged, ISimd<T>
{
    /// <summary>Products summed before C is put down: B's panel of that depth is half of a first-level cache (16 KB of 32 KB).</summary>
    public const int DepthBlock = 256;

    /// <summary>Rows of X kept in the second-level cache while all panels of B pass over them.</summary>
    public const int RowBlock = 192;

    /// <summary>P, the columns of a panel.</summary>
    public static int Width => 2 * T.Count;

    /// <summary>Rows [rowBegin, rowEnd) and panels [panelBegin, panelEnd) of C = X B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Straight(
        in PackedMatrix x, in PackedMatrix b, in PackedMatrix c, in TileEnds ends, int rowBegin, int rowEnd, int panelBegin, int panelEnd)
    {
        int depth = x.Columns;
        for (int rowBlock = rowBegin; rowBlock < rowEnd; rowBlock += RowBlock)
        {
            int rowStop = Math.Min(rowEnd, rowBlock + RowBlock);
            for (int k = 0; k < depth; k += DepthBlock)
            {
                int count = Math.Min(DepthBlock, depth - k);
                TileEnds part = Part(ends, k == 0, k + count == depth);
                for (int panel = panelBegin; panel < panelEnd; panel++)
                {
                    bool wide = c.Columns - panel * Width > T.Count;
                    TileEnds tile = part;
                    tile.Bias = part.Bias == null ? null : part.Bias + (nint)panel * Width;
                    float* panelB = b.Panel(panel) + (nint)k * Width;
                    for (int row = rowBlock; row < rowStop;)
                    {
                        int rows = TileRows(rowStop - row);
                        nint offset = panel * c.PanelStep + (nint)row * Width;
                        tile.Gate = part.Gate == null ? null : part.Gate + offset;
                        RunStraight(rows, wide, count, x.At(row, k), x.PanelStep, panelB, c.Data + offset, tile);
                        row += rows;
                    }
                }
            }
        }
    }

    /// <summary>Rows [rowBegin, rowEnd) and panels [panelBegin, panelEnd) of C = X^T B, the sum over X's rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Crossed(
        in PackedMatrix x, in PackedMatrix b, in PackedMatrix c, bool accumulate, int rowBegin, int rowEnd, int panelBegin, int panelEnd)
    {
        int depth = x.Rows;
        for (int k = 0; k < depth; k += DepthBlock)
        {
            int count = Math.Min(DepthBlock, depth - k);
            TileEnds ends = new() { Accumulate = accumulate || k > 0 };
            for (int panel = panelBegin; panel < panelEnd; panel++)
            {
                bool wide = c.Columns - panel * Width > T.Count;
                float* panelB = b.Panel(panel) + (nint)k * Width;
                for (int row = rowBegin; row < rowEnd;)
                {
                    // Neighbouring rows of X^T lie side by side only within a panel of X.
                    int rows = TileRows(Math.Min(rowEnd - row, Width - row % Width));
                    RunCrossed(rows, wide, count, x.At(k, row), panelB, c.Panel(panel) + (nint)row * Width, ends);
                    row += rows;
                }
            }
        }
    }

    /// <summary>
    /// The rows of the next tile: full tiles while more than two remain; then what is left in two like parts, because a tile
    /// of few rows has too few accumulators to hide the latency.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TileRows(int left)
    {
        if (left >= 2 * T.TileRows || left == T.TileRows)
        {
            return T.TileRows;
        }

        return left < T.TileRows ? left : (left + 1) / 2;
    }

    private static TileEnds Part(in TileEnds ends, bool first, bool last) => new()
    {
        Accumulate = ends.Accumulate || !first,
        Bias = first ? ends.Bias : null,
        Relu = last && ends.Relu,
        Gate = last ? ends.Gate : null,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunStraight(int rows, bool wide, int depth, float* a, nint panelStep, float* b, float* c, in TileEnds ends)
    {
        if (wide)
        {
            switch (rows)
            {
                case 1: GemmTile<T>.Run<Straight<Rows1>>(depth, a, panelStep, b, c, ends); break;
                case 2: GemmTile<T>.Run<Straight<Rows2>>(depth, a, panelStep, b, c, ends); break;
                case 3: GemmTile<T>.Run<Straight<Rows3>>(depth, a, panelStep, b, c, ends); break;
                case 4: GemmTile<T>.Run<Straight<Rows4>>(depth, a, panelStep, b, c, ends); break;
                case 5: GemmTile<T>.Run<Straight<Rows5>>(depth, a, panelStep, b, c, ends); break;
                case 6: GemmTile<T>.Run<Straight<Rows6>>(depth, a, panelStep, b, c, ends); break;
                case 7: GemmTile<T>.Run<Straight<Rows7>>(depth, a, panelStep, b, c, ends); break;
                default: GemmTile<T>.Run<Straight<Rows8>>(depth, a, panelStep, b, c, ends); break;
            }

            return;
        }

        switch (rows)
        {
            case 1: GemmTile<T>.Run<StraightNarrow<Rows1>>(depth, a, panelStep, b, c, ends); break;
            case 2: GemmTile<T>.Run<StraightNarrow<Rows2>>(depth, a, panelStep, b, c, ends); break;
            case 3: GemmTile<T>.Run<StraightNarrow<Rows3>>(depth, a, panelStep, b, c, ends); break;
            case 4: GemmTile<T>.Run<StraightNarrow<Rows4>>(depth, a, panelStep, b, c, ends); break;
            case 5: GemmTile<T>.Run<StraightNarrow<Rows5>>(depth, a, panelStep, b, c, ends); break;
            case 6: GemmTile<T>.Run<StraightNarrow<Rows6>>(depth, a, panelStep, b, c, ends); break;
            case 7: GemmTile<T>.Run<StraightNarrow<Rows7>>(depth, a, panelStep, b, c, ends); break;
            default: GemmTile<T>.Run<StraightNarrow<Rows8>>(depth, a, panelStep, b, c, ends); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunCrossed(int rows, bool wide, int depth, float* a, float* b, float* c, in TileEnds ends)
    {
        if (wide)
        {
            switch (rows)
            {
                case 1: GemmTile<T>.Run<Crossed<Rows1>>(depth, a, 0, b, c, ends); break;
                case 2: GemmTile<T>.Run<Crossed<Rows2>>(depth, a, 0, b, c, ends); break;
                case 3: GemmTile<T>.Run<Crossed<Rows3>>(depth, a, 0, b, c, ends); break;
                case 4: GemmTile<T>.Run<Crossed<Rows4>>(depth, a, 0, b, c, ends); break;
                case 5: GemmTile<T>.Run<Crossed<Rows5>>(depth, a, 0, b, c, ends); break;
                case 6: GemmTile<T>.Run<Crossed<Rows6>>(depth, a, 0, b, c, ends); break;
                case 7: GemmTile<T>.Run<Crossed<Rows7>>(depth, a, 0, b, c, ends); break;
                default: GemmTile<T>.Run<Crossed<Rows8>>(depth, a, 0, b, c, ends); break;
            }

            return;
        }

        switch (rows)
        {
            case 1: GemmTile<T>.Run<CrossedNarrow<Rows1>>(depth, a, 0, b, c, ends); break;
            case 2: GemmTile<T>.Run<CrossedNarrow<Rows2>>(depth, a, 0, b, c, ends); break;
            case 3: GemmTile<T>.Run<CrossedNarrow<Rows3>>(depth, a, 0, b, c, ends); break;
            case 4: GemmTile<T>.Run<CrossedNarrow<Rows4>>(depth, a, 0, b, c, ends); break;
            case 5: GemmTile<T>.Run<CrossedNarrow<Rows5>>(depth, a, 0, b, c, ends); break;
            case 6: GemmTile<T>.Run<CrossedNarrow<Rows6>>(depth, a, 0, b, c, ends); break;
            case 7: GemmTile<T>.Run<CrossedNarrow<Rows7>>(depth, a, 0, b, c, ends); break;
            default: GemmTile<T>.Run<CrossedNarrow<Rows8>>(depth, a, 0, b, c, ends); break;
        }
    }
}
