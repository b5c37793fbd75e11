using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>
/// Y = X W with what each tile does around it, for one or two heads at once: the forward pass, and the input's gradient with
/// the transposed weights. Rows are divided, so that a member finds its rows of the next layer's input in its own cache; where
/// there are fewer tiles of rows than four a member, panels are.
/// </summary>
internal unsafe struct LinearWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public PackedMatrix X0;
    public PackedMatrix X1;
    public PackedMatrix W0;
    public PackedMatrix W1;
    public PackedMatrix Y0;
    public PackedMatrix Y1;
    public TileEnds Ends0;
    public TileEnds Ends1;
    public int Heads;

    /// <summary>Both heads write the same Y, the second adding to the first: then one member does both for its rows.</summary>
    public bool Summed;

    /// <summary>Whether tanh follows.</summary>
    public bool Tanh;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        int tile = T.TileRows;
        int rows = Y0.Rows;
        int panels = Y0.Panels;
        long rowTiles = (rows + tile - 1) / tile;
        bool byPanel = members > 1 && Heads * rowTiles < 4L * members;
        int units = byPanel ? panels : rows;
        int grain = byPanel ? 1 : tile;
        if (Summed || Heads == 1)
        {
            WorkRange range = new(units, member, members, grain);
            Part(X0, W0, Y0, Ends0, byPanel, range.Begin, range.End);
            if (Heads == 2)
            {
                Part(X1, W1, Y1, Ends1, byPanel, range.Begin, range.End);
            }

            return;
        }

        // Both heads as one range, each rounded up to whole grains, so that no tile straddles them.
        int padded = (units + grain - 1) / grain * grain;
        WorkRange both = new(2L * padded, member, members, grain);
        Part(X0, W0, Y0, Ends0, byPanel, Math.Min(both.Begin, units), Math.Min(both.End, units));
        Part(X1, W1, Y1, Ends1, byPanel, Math.Clamp(both.Begin - padded, 0, units), Math.Clamp(both.End - padded, 0, units));
    }

    private readonly void Part(
        in PackedMatrix x, in PackedMatrix w, in PackedMatrix y, in TileEnds ends, bool byPanel, int begin, int end)
    {
        if (begin >= end)
        {
            return;
        }

        int rowBegin = byPanel ? 0 : begin, rowEnd = byPanel ? y.Rows : end;
        int panelBegin = byPanel ? begin : 0, panelEnd = byPanel ? end : y.Panels;
        Gemm<T>.Straight(x, w, y, ends, rowBegin, rowEnd, panelBegin, panelEnd);
        if (Tanh)
        {
            ApplyTanh(y, rowBegin, rowEnd, panelBegin, panelEnd);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ApplyTanh(in PackedMatrix y, int rowBegin, int rowEnd, int panelBegin, int panelEnd)
    {
        for (int panel = panelBegin; panel < panelEnd; panel++)
        {
            float* element = y.Panel(panel) + (nint)rowBegin * y.Width;
            float* end = y.Panel(panel) + (nint)rowEnd * y.Width;
            for (; element < end; element += T.Count)
            {
                T.Store(VectorMath<T>.Tanh(T.Load(element)), element);
            }
        }
    }
}

/// <summary>
/// dW = X^T dY and db = column sums of dY, for one or two heads. Divided by panels of dY: a member sums the whole batch for
/// its own columns, so no sum is ever shared. Where there are fewer panels than members, blocks of dW's rows are divided too.
/// </summary>
internal unsafe struct WeightGradientWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public PackedMatrix X0;
    public PackedMatrix X1;
    public PackedMatrix Dy0;
    public PackedMatrix Dy1;
    public PackedMatrix Dw0;
    public PackedMatrix Dw1;
    public float* Db0;
    public float* Db1;
    public int Heads;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        int panels = Dw0.Panels;
        int rowBlocks = X0.Panels;
        WorkRange units = new((long)Heads * panels * rowBlocks, member, members);
        for (int unit = units.Begin; unit < units.End;)
        {
            int head = unit / (panels * rowBlocks);
            int panel = unit / rowBlocks % panels;
            int block = unit % rowBlocks;
            int stop = Math.Min(units.End, unit - block + rowBlocks);
            int rowBegin = block * X0.Width;
            int rowEnd = Math.Min(X0.Columns, (block + stop - unit) * X0.Width);
            if (head == 0)
            {
                Part(X0, Dy0, Dw0, Db0, panel, rowBegin, rowEnd);
            }
            else
            {
                Part(X1, Dy1, Dw1, Db1, panel, rowBegin, rowEnd);
            }

            unit = stop;
        }
    }

    private static void Part(
        in PackedMatrix x, in PackedMatrix dy, in PackedMatrix dw, float* db, int panel, int rowBegin, int rowEnd)
    {
        if (rowBegin == 0)
        {
            ColumnSums(dy, panel, db + (nint)panel * dy.Width);
        }

        Gemm<T>.Crossed(x, dy, dw, accumulate: false, rowBegin, rowEnd, panel, panel + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ColumnSums(in PackedMatrix dy, int panel, float* sums)
    {
        float* row = dy.Panel(panel);
        T x0 = T.Zero, x1 = T.Zero, y0 = T.Zero, y1 = T.Zero;
        int width = dy.Width;
        int i = 0;
        for (; i + 2 <= dy.Rows; i += 2)
        {
            x0 += T.Load(row);
            y0 += T.Load(row + T.Count);
            x1 += T.Load(row + width);
            y1 += T.Load(row + width + T.Count);
            row += 2 * width;
        }

        if (i < dy.Rows)
        {
            x0 += T.Load(row);
            y0 += T.Load(row + T.Count);
        }

        T.Store(x0 + x1, sums);
        T.Store(y0 + y1, sums + T.Count);
    }
}
