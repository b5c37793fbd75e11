using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Reacher.Fast.Core.Vectors;

/// <summary>How many rows and registers of columns a tile has, and how it walks its left operand. One compiled body for each.</summary>
internal interface ITileShape
{
    /// <summary>Rows, 1 to 8.</summary>
    static abstract int Rows { get; }

    /// <summary>Whether the tile has the panel's full width, two registers, or only the first.</summary>
    static abstract bool Wide { get; }

    /// <summary>
    /// False: A is X itself; rows are X's rows (P apart) and the sum runs over X's columns, panel after panel.
    /// True: A is X transposed; rows are P neighbouring columns of X and the sum runs over X's rows (P apart).
    /// Both read panels as they lie, so no activation is ever transposed.
    /// </summary>
    static abstract bool Transposed { get; }
}

/// <summary>What a tile does around the sum. A null pointer leaves its part out.</summary>
internal unsafe struct TileEnds
{
    /// <summary>Starts from what the tile holds; otherwise from the bias, otherwise from zero.</summary>
    public bool Accumulate;

    /// <summary>The panel's bias, added to every row.</summary>
    public float* Bias;

    /// <summary>Ends with max(0, .).</summary>
    public bool Relu;

    /// <summary>Ends with zero wherever this tile of the layer's ReLU output is not above zero (the gradient of ReLU).</summary>
    public float* Gate;
}

/// <summary>
/// The micro-kernel: a tile of C = A B, up to 8 rows by one panel, all of it in registers while the sum runs. Per product: one
/// or two loads of B's panel, and for each row one broadcast of A and one or two fused multiply-adds.
/// </summary>
/// <remarks>
/// 12 accumulators hide the latency of the multiply-add on every core of interest (4 cycles, two a cycle: 8 are needed).
/// The rows are spelt out because the JIT keeps locals in registers, but not the elements of arrays.
/// </remarks>
internal static unsafe class GemmTile<T>
    where T : unmanaged, ISimd<T>
{
    /// <summary>Computes one tile.</summary>
    /// <param name="depth">How many products each element sums.</param>
    /// <param name="a">The first element of A's first row.</param>
    /// <param name="panelStep">Floats from one panel of A to the next; only the untransposed walk takes that step.</param>
    /// <param name="b">B's panel, [depth][P].</param>
    /// <param name="c">C's tile, [rows][P].</param>
    /// <param name="ends">Bias, ReLU, gate, accumulation.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TShape>(int depth, float* a, nint panelStep, float* b, float* c, in TileEnds ends)
        where TShape : struct, ITileShape
    {
        int width = 2 * T.Count;
        int rowStep = TShape.Transposed ? 1 : width;
        int depthStep = TShape.Transposed ? width : 1;
        int run = TShape.Transposed ? depth : width;

        T x0 = T.Zero, x1 = T.Zero, x2 = T.Zero, x3 = T.Zero;
        T x4 = T.Zero, x5 = T.Zero, x6 = T.Zero, x7 = T.Zero;
        T y0 = T.Zero, y1 = T.Zero, y2 = T.Zero, y3 = T.Zero;
        T y4 = T.Zero, y5 = T.Zero, y6 = T.Zero, y7 = T.Zero;
        if (ends.Accumulate)
        {
            Load<TShape>(c, ref x0, ref y0);
            if (TShape.Rows > 1) { Load<TShape>(c + width, ref x1, ref y1); }
            if (TShape.Rows > 2) { Load<TShape>(c + 2 * width, ref x2, ref y2); }
            if (TShape.Rows > 3) { Load<TShape>(c + 3 * width, ref x3, ref y3); }
            if (TShape.Rows > 4) { Load<TShape>(c + 4 * width, ref x4, ref y4); }
            if (TShape.Rows > 5) { Load<TShape>(c + 5 * width, ref x5, ref y5); }
            if (TShape.Rows > 6) { Load<TShape>(c + 6 * width, ref x6, ref y6); }
            if (TShape.Rows > 7) { Load<TShape>(c + 7 * width, ref x7, ref y7); }
        }
        else if (ends.Bias != null)
        {
            Load<TShape>(ends.Bias, ref x0, ref y0);
            if (TShape.Rows > 1) { Load<TShape>(ends.Bias, ref x1, ref y1); }
            if (TShape.Rows > 2) { Load<TShape>(ends.Bias, ref x2, ref y2); }
            if (TShape.Rows > 3) { Load<TShape>(ends.Bias, ref x3, ref y3); }
            if (TShape.Rows > 4) { Load<TShape>(ends.Bias, ref x4, ref y4); }
            if (TShape.Rows > 5) { Load<TShape>(ends.Bias, ref x5, ref y5); }
            if (TShape.Rows > 6) { Load<TShape>(ends.Bias, ref x6, ref y6); }
            if (TShape.Rows > 7) { Load<TShape>(ends.Bias, ref x7, ref y7); }
        }

        while (depth > 0)
        {
            int count = depth < run ? depth : run;
            depth -= count;
            float* row = a;
            a += panelStep;
            if (!TShape.Transposed)
            {
                // The next panel's rows lie on another page, where no hardware prefetcher looks for them. Past the last panel
                // there may be nothing: a prefetch of any address is harmless.
                Prefetch<TShape>(a);
            }

            do
            {
                T bx = T.Load(b);
                T by = TShape.Wide ? T.Load(b + T.Count) : bx;
                Step<TShape>(row, 0, bx, by, ref x0, ref y0);
                if (TShape.Rows > 1) { Step<TShape>(row, rowStep, bx, by, ref x1, ref y1); }
                if (TShape.Rows > 2) { Step<TShape>(row, 2 * rowStep, bx, by, ref x2, ref y2); }
                if (TShape.Rows > 3) { Step<TShape>(row, 3 * rowStep, bx, by, ref x3, ref y3); }
                if (TShape.Rows > 4) { Step<TShape>(row, 4 * rowStep, bx, by, ref x4, ref y4); }
                if (TShape.Rows > 5) { Step<TShape>(row, 5 * rowStep, bx, by, ref x5, ref y5); }
                if (TShape.Rows > 6) { Step<TShape>(row, 6 * rowStep, bx, by, ref x6, ref y6); }
                if (TShape.Rows > 7) { Step<TShape>(row, 7 * rowStep, bx, by, ref x7, ref y7); }
                b += width;
                row += depthStep;
            }
            while (--count > 0);
        }

        bool relu = ends.Relu;
        float* gate = ends.Gate;
        Finish<TShape>(x0, y0, c, 0, relu, gate);
        if (TShape.Rows > 1) { Finish<TShape>(x1, y1, c, width, relu, gate); }
        if (TShape.Rows > 2) { Finish<TShape>(x2, y2, c, 2 * width, relu, gate); }
        if (TShape.Rows > 3) { Finish<TShape>(x3, y3, c, 3 * width, relu, gate); }
        if (TShape.Rows > 4) { Finish<TShape>(x4, y4, c, 4 * width, relu, gate); }
        if (TShape.Rows > 5) { Finish<TShape>(x5, y5, c, 5 * width, relu, gate); }
        if (TShape.Rows > 6) { Finish<TShape>(x6, y6, c, 6 * width, relu, gate); }
        if (TShape.Rows > 7) { Finish<TShape>(x7, y7, c, 7 * width, relu, gate); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch<TShape>(float* a)
        where TShape : struct, ITileShape
    {
        if (Sse.IsSupported)
        {
            int width = 2 * T.Count;
            Sse.Prefetch0(a);
            if (TShape.Rows > 1) { Sse.Prefetch0(a + width); }
            if (TShape.Rows > 2) { Sse.Prefetch0(a + 2 * width); }
            if (TShape.Rows > 3) { Sse.Prefetch0(a + 3 * width); }
            if (TShape.Rows > 4) { Sse.Prefetch0(a + 4 * width); }
            if (TShape.Rows > 5) { Sse.Prefetch0(a + 5 * width); }
            if (TShape.Rows > 6) { Sse.Prefetch0(a + 6 * width); }
            if (TShape.Rows > 7) { Sse.Prefetch0(a + 7 * width); }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<TShape>(float* source, ref T x, ref T y)
        where TShape : struct, ITileShape
    {
        x = T.Load(source);
        if (TShape.Wide)
        {
            y = T.Load(source + T.Count);
        }
    }

    /// <summary>One product of one row: A's element at <paramref name="offset"/> times B's two registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TShape>(float* row, int offset, T bx, T by, ref T x, ref T y)
        where TShape : struct, ITileShape
    {
        if (TShape.Wide)
        {
            T broadcast = T.Create(row[offset]);
            T.Accumulate(ref x, broadcast, bx);
            T.Accumulate(ref y, broadcast, by);
        }
        else
        {
            T.Accumulate(ref x, row[offset], bx);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TShape>(T x, T y, float* c, int offset, bool relu, float* gate)
        where TShape : struct, ITileShape
    {
        Finish(x, c, offset, relu, gate);
        if (TShape.Wide)
        {
            Finish(y, c, offset + T.Count, relu, gate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(T sum, float* c, int offset, bool relu, float* gate)
    {
        if (relu)
        {
            // In this order a NaN stays a NaN, and is found where it shows; the other order would turn it into 0.
            sum = T.Max(T.Zero, sum);
        }

        if (gate != null)
        {
            sum = sum & T.GreaterThan(T.Load(gate + offset), T.Zero);
        }

        T.Store(sum, c + offset);
    }
}
