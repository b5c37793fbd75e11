using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>
/// Layer normalisation of rows (Ba et al. 2016, eq. 3): mean, then the variance about it, then the output, a row's panels
/// staying in the first-level cache between the three passes. Padding columns are masked where they would not be zero.
/// </summary>
internal unsafe struct LayerNormWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
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
            TVector sum = TSimd.Zero;
            for (int panel = 0; panel < panels; panel++)
            {
                float* element = x + panel * X.PanelStep;
                sum = TSimd.Add(sum, TSimd.Add(TSimd.Load(element), TSimd.Load(element + TSimd.Count)));
            }

            TVector mean = TSimd.Create(TSimd.Sum(sum) / X.Columns);
            TVector squares = TSimd.Zero;
            for (int panel = 0; panel < panels; panel++)
            {
                float* element = x + panel * X.PanelStep;
                TVector d0 = TSimd.Subtract(TSimd.Load(element), mean), d1 = TSimd.Subtract(TSimd.Load(element + TSimd.Count), mean);
                if (panel == panels - 1)
                {
                    d0 = TSimd.And(d0, TSimd.Load(mask));
                    d1 = TSimd.And(d1, TSimd.Load(mask + TSimd.Count));
                }

                squares = TSimd.MultiplyAdd(d0, d0, TSimd.MultiplyAdd(d1, d1, squares));
            }

            float reciprocal = 1f / MathF.Sqrt(TSimd.Sum(squares) / X.Columns + Epsilon);
            ReciprocalDeviation[row] = reciprocal;
            TVector scale = TSimd.Create(reciprocal);
            for (int column = 0; column < panels * width; column += TSimd.Count)
            {
                nint offset = column / width * X.PanelStep + (nint)row * width + column % width;
                TVector normalized = TSimd.Multiply(TSimd.Subtract(TSimd.Load(X.Data + offset), mean), scale);
                if (column >= (panels - 1) * width)
                {
                    normalized = TSimd.And(normalized, TSimd.Load(mask + column % width));
                }

                TSimd.Store(normalized, Normalized.Data + offset);
                TVector y = TSimd.MultiplyAdd(normalized, TSimd.Load(Gain + column), TSimd.Load(Shift + column));
                y = Activation switch
                {
                    Activation.ReLU => TSimd.Max(TSimd.Zero, y),
                    Activation.Tanh => VectorMath<TSimd, TVector>.Tanh(y),
                    _ => y,
                };
                TSimd.Store(y, Y.Data + offset);
            }
        }
    }
}

/// <summary>dx = rstd (g - mean(g) - n mean(g n)), g = dy gain, n the normalised input: one row at a time.</summary>
internal unsafe struct LayerNormBackwardWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
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
            TVector sum = TSimd.Zero, product = TSimd.Zero;
            for (int column = 0; column < columns; column += TSimd.Count)
            {
                nint offset = column / width * Dy.PanelStep + (nint)row * width + column % width;
                TVector g = TSimd.Multiply(TSimd.Load(Dy.Data + offset), TSimd.Load(Gain + column));
                sum = TSimd.Add(sum, g);
                product = TSimd.MultiplyAdd(g, TSimd.Load(Normalized.Data + offset), product);
            }

            TVector meanSum = TSimd.Create(TSimd.Sum(sum) / Dy.Columns), meanProduct = TSimd.Create(TSimd.Sum(product) / Dy.Columns);
            TVector scale = TSimd.Create(ReciprocalDeviation[row]);
            for (int column = 0; column < columns; column += TSimd.Count)
            {
                nint offset = column / width * Dy.PanelStep + (nint)row * width + column % width;
                TVector g = TSimd.Multiply(TSimd.Load(Dy.Data + offset), TSimd.Load(Gain + column));
                TVector n = TSimd.Load(Normalized.Data + offset);
                TVector dx = TSimd.Multiply(scale, TSimd.Subtract(TSimd.Subtract(g, meanSum), TSimd.Multiply(n, meanProduct)));
                if (column >= columns - width)
                {
                    dx = TSimd.And(dx, TSimd.Load(mask + column % width));
                }

                TSimd.Store(dx, Dx.Data + offset);
            }
        }
    }
}

/// <summary>Gradients of gain and shift: column sums of dy n and of dy, panels divided among the team.</summary>
internal unsafe struct LayerNormGradientWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
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
            for (int half = 0; half < width; half += TSimd.Count)
            {
                TVector gain = TSimd.Zero, shift = TSimd.Zero;
                float* dy = Dy.Panel(panel) + half;
                float* n = Normalized.Panel(panel) + half;
                for (int row = 0; row < Dy.Rows; row++)
                {
                    TVector gradient = TSimd.Load(dy + (nint)row * width);
                    gain = TSimd.MultiplyAdd(gradient, TSimd.Load(n + (nint)row * width), gain);
                    shift = TSimd.Add(shift, gradient);
                }

                TSimd.Store(gain, GainGradient + (nint)panel * width + half);
                TSimd.Store(shift, ShiftGradient + (nint)panel * width + half);
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
internal unsafe struct NormalizeWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
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
        TVector low = TSimd.Create(-Limit), high = TSimd.Create(Limit);
        for (int column = 0; column < X.Panels * width; column += TSimd.Count)
        {
            TVector mean = TSimd.Load(Mean + column), scale = TSimd.Load(Scale + column);
            nint offset = column / width * X.PanelStep + column % width;
            for (int row = rows.Begin; row < rows.End; row++)
            {
                TVector y = TSimd.Multiply(TSimd.Subtract(TSimd.Load(X.Data + offset + (nint)row * width), mean), scale);
                TSimd.Store(TSimd.Min(high, TSimd.Max(low, y)), Y.Data + offset + (nint)row * width);
            }
        }
    }
}
