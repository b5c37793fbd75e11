using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>
/// Layer normalisation of rows (Ba et al. 2016, eq. 3): mean, then the variance about it, then the output, a row's panels
/// staying in the first-level cache between the three passes. Padding columns are masked where they would not be zero.
/// </summary>
internal unsafe struct LayerNormWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    private const float Epsilon = 1e-5f;

    public PackedMatrix X;
    public float* Gain;
    public float* Shift;
    public PackedMatrix Normalized;
    public float* ReciprocalDeviation;
    public PackedMatrix Y;
    public Activation Activation;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        WorkRange rows = new(X.Rows, member, members);
        int width = X.Width;
        int panels = X.Panels;
        float* mask = stackalloc float[width];
        RowMask.Fill(mask, X);
        for (int row = rows.Begin; row < rows.End; row++)
        {
            float* x = X.At(row, 0);
            T sum = T.Zero;
            for (int panel = 0; panel < panels; panel++)
            {
                float* element = x + panel * X.PanelStep;
                sum += T.Load(element) + T.Load(element + T.Count);
            }

            T mean = T.Create(T.Sum(sum) / X.Columns);
            T squares = T.Zero;
            for (int panel = 0; panel < panels; panel++)
            {
                float* element = x + panel * X.PanelStep;
                T d0 = T.Load(element) - mean, d1 = T.Load(element + T.Count) - mean;
                if (panel == panels - 1)
                {
                    d0 &= T.Load(mask);
                    d1 &= T.Load(mask + T.Count);
                }

                squares = T.MultiplyAdd(d0, d0, T.MultiplyAdd(d1, d1, squares));
            }

            float reciprocal = 1f / MathF.Sqrt(T.Sum(squares) / X.Columns + Epsilon);
            ReciprocalDeviation[row] = reciprocal;
            T scale = T.Create(reciprocal);
            for (int column = 0; column < panels * width; column += T.Count)
            {
                nint offset = column / width * X.PanelStep + (nint)row * width + column % width;
                T normalized = (T.Load(X.Data + offset) - mean) * scale;
                if (column >= (panels - 1) * width)
                {
                    normalized &= T.Load(mask + column % width);
                }

                T.Store(normalized, Normalized.Data + offset);
                T y = T.MultiplyAdd(normalized, T.Load(Gain + column), T.Load(Shift + column));
                y = Activation switch
                {
                    Activation.ReLU => T.Max(T.Zero, y),
                    Activation.Tanh => VectorMath<T>.Tanh(y),
                    _ => y,
                };
                T.Store(y, Y.Data + offset);
            }
        }
    }
}

/// <summary>dx = rstd (g - mean(g) - n mean(g n)), g = dy gain, n the normalised input: one row at a time.</summary>
internal unsafe struct LayerNormBackwardWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public PackedMatrix Dy;
    public float* Gain;
    public PackedMatrix Normalized;
    public float* ReciprocalDeviation;
    public PackedMatrix Dx;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        WorkRange rows = new(Dy.Rows, member, members);
        int width = Dy.Width;
        int columns = Dy.Panels * width;
        float* mask = stackalloc float[width];
        RowMask.Fill(mask, Dy);
        for (int row = rows.Begin; row < rows.End; row++)
        {
            T sum = T.Zero, product = T.Zero;
            for (int column = 0; column < columns; column += T.Count)
            {
                nint offset = column / width * Dy.PanelStep + (nint)row * width + column % width;
                T g = T.Load(Dy.Data + offset) * T.Load(Gain + column);
                sum += g;
                T.Accumulate(ref product, Normalized.Data + offset, g);
            }

            T meanSum = T.Create(T.Sum(sum) / Dy.Columns), meanProduct = T.Create(T.Sum(product) / Dy.Columns);
            T scale = T.Create(ReciprocalDeviation[row]);
            for (int column = 0; column < columns; column += T.Count)
            {
                nint offset = column / width * Dy.PanelStep + (nint)row * width + column % width;
                T g = T.Load(Dy.Data + offset) * T.Load(Gain + column);
                T n = T.Load(Normalized.Data + offset);
                T dx = scale * (g - meanSum - n * meanProduct);
                if (column >= columns - width)
                {
                    dx &= T.Load(mask + column % width);
                }

                T.Store(dx, Dx.Data + offset);
            }
        }
    }
}

/// <summary>Gradients of gain and shift: column sums of dy n and of dy, panels divided among the team.</summary>
internal unsafe struct LayerNormGradientWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public PackedMatrix Dy;
    public PackedMatrix Normalized;
    public float* GainGradient;
    public float* ShiftGradient;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        int width = Dy.Width;
        WorkRange panels = new(Dy.Panels, member, members);
        for (int panel = panels.Begin; panel < panels.End; panel++)
        {
            for (int half = 0; half < width; half += T.Count)
            {
                T gain = T.Zero, shift = T.Zero;
                float* dy = Dy.Panel(panel) + half;
                float* n = Normalized.Panel(panel) + half;
                for (int row = 0; row < Dy.Rows; row++)
                {
                    T gradient = T.Load(dy + (nint)row * width);
                    T.Accumulate(ref gain, n + (nint)row * width, gradient);
                    shift += gradient;
                }

                T.Store(gain, GainGradient + (nint)panel * width + half);
                T.Store(shift, ShiftGradient + (nint)panel * width + half);
            }
        }
    }
}

/// <summary>Which columns of a matrix's last panel are real.</summary>
internal static unsafe class RowMask
{
    /// <summary>Writes all ones for a real column and zeros for padding.</summary>
    public static void Fill(float* mask, in PackedMatrix matrix)
    {
        int real = matrix.Columns - (matrix.Panels - 1) * matrix.Width;
        for (int i = 0; i < matrix.Width; i++)
        {
            mask[i] = i < real ? BitConverter.Int32BitsToSingle(-1) : 0f;
        }
    }
}

/// <summary>y = clamp((x - mean) scale, -limit, limit), by column; a NaN stays a NaN.</summary>
internal unsafe struct NormalizeWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public PackedMatrix X;
    public float* Mean;
    public float* Scale;
    public float Limit;
    public PackedMatrix Y;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        int width = X.Width;
        WorkRange rows = new(X.Rows, member, members);
        T low = T.Create(-Limit), high = T.Create(Limit);
        for (int column = 0; column < X.Panels * width; column += T.Count)
        {
            T mean = T.Load(Mean + column), scale = T.Load(Scale + column);
            nint offset = column / width * X.PanelStep + column % width;
            for (int row = rows.Begin; row < rows.End; row++)
            {
                T y = (T.Load(X.Data + offset + (nint)row * width) - mean) * scale;
                T.Store(T.Min(high, T.Max(low, y)), Y.Data + offset + (nint)row * width);
            }
        }
    }
}
