using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>
/// Sample and log-probability of the squashed Gaussian (Haarnoja et al. 2018b, appendix C), in the form that stays exact where
/// tanh saturates: log(1 - tanh(u)^2) = 2 (log 2 - u - softplus(-2u)).
/// </summary>
internal unsafe struct SquashedGaussianWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
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
            NormalNoise<TSimd, TVector>.Fill(Seed, Stream, Update, (long)row * width, rows * width, eps);
            RowChunk.Scatter(eps, Noise, row, rows, 0, width);
            for (int i = 0; i < rows * width; i += TSimd.Count)
            {
                TVector noise = TSimd.Load(eps + i);
                TVector logSigma = LogSigma(VectorMath<TSimd, TVector>.Tanh(TSimd.Load(raw + i)));
                TVector u = TSimd.MultiplyAdd(VectorMath<TSimd, TVector>.Exp(logSigma), noise, TSimd.Load(mean + i));
                TSimd.Store(VectorMath<TSimd, TVector>.Tanh(u), mean + i);

                // softplus(-2u) = max(-2u, 0) + log(1 + exp(-|2u|)).
                TVector minusTwoU = TSimd.Multiply(TSimd.Create(-2f), u);
                TVector small = VectorMath<TSimd, TVector>.Exp(TSimd.Subtract(TSimd.Zero, TSimd.Abs(minusTwoU)));
                TVector softplus = TSimd.Add(
                    TSimd.Max(TSimd.Zero, minusTwoU), VectorMath<TSimd, TVector>.Log(TSimd.Add(TSimd.Create(1f), small)));
                TVector squash = TSimd.Multiply(TSimd.Create(2f), TSimd.Subtract(TSimd.Subtract(TSimd.Create(LogTwo), u), softplus));
                TVector gaussian = TSimd.MultiplyAdd(TSimd.Multiply(noise, noise), TSimd.Create(-0.5f), TSimd.Create(-HalfLogTwoPi));
                TSimd.Store(TSimd.Subtract(TSimd.Subtract(gaussian, logSigma), squash), terms + i);
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
    internal static TVector LogSigma(TVector t)
    {
        const float Half = (IPolicyKernels.LogStandardDeviationMax - IPolicyKernels.LogStandardDeviationMin) / 2;
        return TSimd.MultiplyAdd(t, TSimd.Create(Half), TSimd.Create(IPolicyKernels.LogStandardDeviationMin + Half));
    }
}

/// <summary>
/// The gradient of mean_b(alpha log pi) + L_Q with respect to the policy's output, for reparameterised samples.
/// With u = mean + sigma eps and a = tanh u: d log pi/du = 2a, da/du = 1 - a^2; so g_u = alpha/B 2a + (1 - a^2) dL_Q/da,
/// d/dmean = g_u, d/dlog sigma = g_u sigma eps - alpha/B, and d log sigma/draw = (Max - Min)/2 (1 - tanh(raw)^2).
/// </summary>
internal unsafe struct SquashedGaussianBackwardWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
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
        TVector weight = TSimd.Create(*EntropyCoefficient / Action.Rows);
        WorkRange range = new(Action.Rows, member, members);
        for (int row = range.Begin; row < range.End; row += step)
        {
            int rows = Math.Min(step, range.End - row);
            RowChunk.Gather(Output, row, rows, 0, width, mean);
            RowChunk.Gather(Output, row, rows, width, width, raw);
            RowChunk.Gather(Noise, row, rows, 0, width, eps);
            RowChunk.Gather(ActionGradient, row, rows, 0, width, gradient);
            for (int i = 0; i < rows * width; i += TSimd.Count)
            {
                TVector rawValue = TSimd.Load(raw + i);
                TVector logSigma = SquashedGaussianWork<TSimd, TVector>.LogSigma(VectorMath<TSimd, TVector>.Tanh(rawValue));
                TVector spread = TSimd.Multiply(VectorMath<TSimd, TVector>.Exp(logSigma), TSimd.Load(eps + i));
                TVector u = TSimd.Add(TSimd.Load(mean + i), spread);
                TVector a = VectorMath<TSimd, TVector>.Tanh(u);
                TVector gu = TSimd.MultiplyAdd(
                    TSimd.Load(gradient + i), SechSquared(u), TSimd.Multiply(weight, TSimd.Add(a, a)));
                TSimd.Store(gu, mean + i);
                TVector gLogSigma = TSimd.Subtract(TSimd.Multiply(gu, spread), weight);
                TSimd.Store(TSimd.Multiply(gLogSigma, TSimd.Multiply(TSimd.Create(Half), SechSquared(rawValue))), raw + i);
            }

            RowChunk.Scatter(mean, OutputGradient, row, rows, 0, width);
            RowChunk.Scatter(raw, OutputGradient, row, rows, width, width);
        }
    }

    /// <summary>1 - tanh(x)^2 = 4 e / (1 + e)^2 with e = exp(-2|x|): no cancellation where tanh saturates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector SechSquared(TVector x)
    {
        TVector e = VectorMath<TSimd, TVector>.Exp(TSimd.Multiply(TSimd.Create(-2f), TSimd.Abs(x)));
        TVector sum = TSimd.Add(TSimd.Create(1f), e);
        return TSimd.Divide(TSimd.Multiply(TSimd.Create(4f), e), TSimd.Multiply(sum, sum));
    }
}

/// <summary>The mode, a = tanh(mean).</summary>
internal unsafe struct SquashedGaussianModeWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
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
            for (int i = 0; i < rows * width; i += TSimd.Count)
            {
                TSimd.Store(VectorMath<TSimd, TVector>.Tanh(TSimd.Load(mean + i)), mean + i);
            }

            RowChunk.Scatter(mean, Action, row, rows, 0, width);
        }
    }
}

/// <summary>action = clamp(mean + clamp(sigma eps, -clip, clip), -1, 1) (Fujimoto et al. 2018, eq. 14).</summary>
internal unsafe struct ClippedNoiseWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
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
        TVector one = TSimd.Create(1f), minusOne = TSimd.Create(-1f);
        WorkRange range = new(Action.Rows, member, members);
        for (int row = range.Begin; row < range.End; row += step)
        {
            int rows = Math.Min(step, range.End - row);
            RowChunk.Gather(Mean, row, rows, 0, width, mean);
            NormalNoise<TSimd, TVector>.Fill(Seed, Stream, Update, (long)row * width, rows * width, eps);
            for (int i = 0; i < rows * width; i += TSimd.Count)
            {
                TVector noise = TSimd.Multiply(TSimd.Create(Sigma), TSimd.Load(eps + i));
                noise = TSimd.Min(TSimd.Create(Clip), TSimd.Max(TSimd.Create(-Clip), noise));
                TVector action = TSimd.Add(TSimd.Load(mean + i), noise);
                TSimd.Store(TSimd.Min(one, TSimd.Max(minusOne, action)), mean + i);
            }

            RowChunk.Scatter(mean, Action, row, rows, 0, width);
        }
    }
}

/// <summary>dx = dy (1 - y^2), over the whole storage: padding is zero and stays so.</summary>
internal unsafe struct TanhBackwardWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public float* Dy;
    public float* Y;
    public float* Dx;
    public long Floats;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        WorkRange range = new(Floats, member, members, TSimd.Count);
        for (nint i = range.Begin; i < range.End; i += TSimd.Count)
        {
            TVector y = TSimd.Load(Y + i);
            TVector slope = TSimd.Subtract(TSimd.Create(1f), TSimd.Multiply(y, y));
            TSimd.Store(TSimd.Multiply(TSimd.Load(Dy + i), slope), Dx + i);
        }
    }
}
