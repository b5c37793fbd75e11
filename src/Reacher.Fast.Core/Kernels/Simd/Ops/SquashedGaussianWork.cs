using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>
/// Sample and log-probability of the squashed Gaussian (Haarnoja et al. 2018b, appendix C), in the form that stays exact where
/// tanh saturates: log(1 - tanh(u)^2) = 2 (log 2 - u - softplus(-2u)).
/// </summary>
internal unsafe struct SquashedGaussianWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    private const float HalfLogTwoPi = 0.918938533f;
    private const float LogTwo = 0.693147181f;

    public PackedMatrix Output;
    public PackedMatrix Noise;
    public PackedMatrix Action;
    public float* LogProbability;
    public ulong Seed;
    public ulong Update;
    public NoiseStream Stream;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        float* mean = stackalloc float[RowChunk.Capacity];
        float* raw = stackalloc float[RowChunk.Capacity];
        float* eps = stackalloc float[RowChunk.Capacity];
        float* terms = stackalloc float[RowChunk.Capacity];
        int width = Action.Columns;
        int step = RowChunk.RowsOf(width);
        WorkRange range = new(Action.Rows, member, members);
        for (int row = range.Begin; row < range.End; row += step)
        {
            int rows = Math.Min(step, range.End - row);
            RowChunk.Gather(Output, row, rows, 0, width, mean);
            RowChunk.Gather(Output, row, rows, width, width, raw);
            NormalNoise<T>.Fill(Seed, Stream, Update, (long)row * width, rows * width, eps);
            RowChunk.Scatter(eps, Noise, row, rows, 0, width);
            for (int i = 0; i < rows * width; i += T.Count)
            {
                T noise = T.Load(eps + i);
                T logSigma = LogSigma(VectorMath<T>.Tanh(T.Load(raw + i)));
                T u = T.MultiplyAdd(VectorMath<T>.Exp(logSigma), noise, T.Load(mean + i));
                T.Store(VectorMath<T>.Tanh(u), mean + i);

                // softplus(-2u) = max(-2u, 0) + log(1 + exp(-|2u|)).
                T minusTwoU = T.Create(-2f) * u;
                T small = VectorMath<T>.Exp(T.Zero - T.Abs(minusTwoU));
                T softplus = T.Max(T.Zero, minusTwoU) + VectorMath<T>.Log(T.Create(1f) + small);
                T squash = T.Create(2f) * (T.Create(LogTwo) - u - softplus);
                T gaussian = T.MultiplyAdd(noise * noise, T.Create(-0.5f), T.Create(-HalfLogTwoPi));
                T.Store(gaussian - logSigma - squash, terms + i);
            }

            RowChunk.Scatter(mean, Action, row, rows, 0, width);
            for (int i = 0; i < rows; i++)
            {
                LogProbability[row + i] = (float)ChunkedSums.Sum(terms + i * width, width);
            }
        }
    }

    /// <summary>Min + (Max - Min) / 2 (t + 1), t = tanh(raw).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T LogSigma(T t)
    {
        const float Half = (IPolicyKernels.LogStandardDeviationMax - IPolicyKernels.LogStandardDeviationMin) / 2;
        return T.MultiplyAdd(t, T.Create(Half), T.Create(IPolicyKernels.LogStandardDeviationMin + Half));
    }
}

/// <summary>
/// The gradient of mean_b(alpha log pi) + L_Q with respect to the policy's output, for reparameterised samples.
/// With u = mean + sigma eps and a = tanh u: d log pi/du = 2a, da/du = 1 - a^2; so g_u = alpha/B 2a + (1 - a^2) dL_Q/da,
/// d/dmean = g_u, d/dlog sigma = g_u sigma eps - alpha/B, and d log sigma/draw = (Max - Min)/2 (1 - tanh(raw)^2).
/// </summary>
internal unsafe struct SquashedGaussianBackwardWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public PackedMatrix Output;
    public PackedMatrix Noise;
    public PackedMatrix Action;
    public PackedMatrix ActionGradient;
    public float* EntropyCoefficient;
    public PackedMatrix OutputGradient;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        const float Half = (IPolicyKernels.LogStandardDeviationMax - IPolicyKernels.LogStandardDeviationMin) / 2;
        float* mean = stackalloc float[RowChunk.Capacity];
        float* raw = stackalloc float[RowChunk.Capacity];
        float* eps = stackalloc float[RowChunk.Capacity];
        float* gradient = stackalloc float[RowChunk.Capacity];
        int width = Action.Columns;
        int step = RowChunk.RowsOf(width);
        T weight = T.Create(*EntropyCoefficient / Action.Rows);
        WorkRange range = new(Action.Rows, member, members);
        for (int row = range.Begin; row < range.End; row += step)
        {
            int rows = Math.Min(step, range.End - row);
            RowChunk.Gather(Output, row, rows, 0, width, mean);
            RowChunk.Gather(Output, row, rows, width, width, raw);
            RowChunk.Gather(Noise, row, rows, 0, width, eps);
            RowChunk.Gather(ActionGradient, row, rows, 0, width, gradient);
            for (int i = 0; i < rows * width; i += T.Count)
            {
                T rawValue = T.Load(raw + i);
                T logSigma = SquashedGaussianWork<T>.LogSigma(VectorMath<T>.Tanh(rawValue));
                T spread = VectorMath<T>.Exp(logSigma) * T.Load(eps + i);
                T u = T.Load(mean + i) + spread;
                T a = VectorMath<T>.Tanh(u);
                T gu = T.MultiplyAdd(
                    T.Load(gradient + i), SechSquared(u), weight * (a + a));
                T.Store(gu, mean + i);
                T gLogSigma = gu * spread - weight;
                T.Store(gLogSigma * (T.Create(Half) * SechSquared(rawValue)), raw + i);
            }

            RowChunk.Scatter(mean, OutputGradient, row, rows, 0, width);
            RowChunk.Scatter(raw, OutputGradient, row, rows, width, width);
        }
    }

    /// <summary>1 - tanh(x)^2 = 4 e / (1 + e)^2 with e = exp(-2|x|): no cancellation where tanh saturates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SechSquared(T x)
    {
        T e = VectorMath<T>.Exp(T.Create(-2f) * T.Abs(x));
        T sum = T.Create(1f) + e;
        return T.Create(4f) * e / (sum * sum);
    }
}

/// <summary>The mode, a = tanh(mean).</summary>
internal unsafe struct SquashedGaussianModeWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public PackedMatrix Output;
    public PackedMatrix Action;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        float* mean = stackalloc float[RowChunk.Capacity];
        int width = Action.Columns;
        int step = RowChunk.RowsOf(width);
        WorkRange range = new(Action.Rows, member, members);
        for (int row = range.Begin; row < range.End; row += step)
        {
            int rows = Math.Min(step, range.End - row);
            RowChunk.Gather(Output, row, rows, 0, width, mean);
            for (int i = 0; i < rows * width; i += T.Count)
            {
                T.Store(VectorMath<T>.Tanh(T.Load(mean + i)), mean + i);
            }

            RowChunk.Scatter(mean, Action, row, rows, 0, width);
        }
    }
}

/// <summary>action = clamp(mean + clamp(sigma eps, -clip, clip), -1, 1) (Fujimoto et al. 2018, eq. 14).</summary>
internal unsafe struct ClippedNoiseWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public PackedMatrix Mean;
    public PackedMatrix Action;
    public float Sigma;
    public float Clip;
    public ulong Seed;
    public ulong Update;
    public NoiseStream Stream;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        float* mean = stackalloc float[RowChunk.Capacity];
        float* eps = stackalloc float[RowChunk.Capacity];
        int width = Action.Columns;
        int step = RowChunk.RowsOf(width);
        T one = T.Create(1f), minusOne = T.Create(-1f);
        WorkRange range = new(Action.Rows, member, members);
        for (int row = range.Begin; row < range.End; row += step)
        {
            int rows = Math.Min(step, range.End - row);
            RowChunk.Gather(Mean, row, rows, 0, width, mean);
            NormalNoise<T>.Fill(Seed, Stream, Update, (long)row * width, rows * width, eps);
            for (int i = 0; i < rows * width; i += T.Count)
            {
                T noise = T.Create(Sigma) * T.Load(eps + i);
                noise = T.Min(T.Create(Clip), T.Max(T.Create(-Clip), noise));
                T action = T.Load(mean + i) + noise;
                T.Store(T.Min(one, T.Max(minusOne, action)), mean + i);
            }

            RowChunk.Scatter(mean, Action, row, rows, 0, width);
        }
    }
}

/// <summary>dx = dy (1 - y^2), over the whole storage: padding is zero and stays so.</summary>
internal unsafe struct TanhBackwardWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public float* Dy;
    public float* Y;
    public float* Dx;
    public long Floats;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        WorkRange range = new(Floats, member, members, T.Count);
        for (nint i = range.Begin; i < range.End; i += T.Count)
        {
            T y = T.Load(Y + i);
            T slope = T.Create(1f) - y * y;
            T.Store(T.Load(Dy + i) * slope, Dx + i);
        }
    }
}
