using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) over a block, and in the same pass the target's Polyak average with the new
/// parameters: every array is read once and written once. Padding has a gradient of zero and stays zero.
/// </summary>
internal unsafe struct AdamWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public float* Parameters;
    public float* Gradients;
    public float* First;
    public float* Second;
    public float* Target;
    public long Floats;
    public float Beta1;
    public float Beta2;
    public float OneMinusBeta1;
    public float OneMinusBeta2;
    public float StepSize;
    public float ReciprocalRootCorrection2;
    public float Epsilon;
    public float Tau;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        WorkRange range = new(Floats, member, members, 32);
        TVector beta1 = TSimd.Create(Beta1), beta2 = TSimd.Create(Beta2);
        TVector oneMinusBeta1 = TSimd.Create(OneMinusBeta1), oneMinusBeta2 = TSimd.Create(OneMinusBeta2);
        TVector step = TSimd.Create(-StepSize), root = TSimd.Create(ReciprocalRootCorrection2), epsilon = TSimd.Create(Epsilon);
        TVector tau = TSimd.Create(Tau);
        for (nint i = range.Begin; i < range.End; i += TSimd.Count)
        {
            TVector g = TSimd.Load(Gradients + i);
            TVector m = TSimd.MultiplyAdd(beta1, TSimd.Load(First + i), TSimd.Multiply(oneMinusBeta1, g));
            TVector v = TSimd.MultiplyAdd(beta2, TSimd.Load(Second + i), TSimd.Multiply(TSimd.Multiply(oneMinusBeta2, g), g));
            TVector denominator = TSimd.MultiplyAdd(TSimd.Sqrt(v), root, epsilon);
            TVector p = TSimd.MultiplyAdd(step, TSimd.Divide(m, denominator), TSimd.Load(Parameters + i));
            TSimd.Store(m, First + i);
            TSimd.Store(v, Second + i);
            TSimd.Store(p, Parameters + i);
            if (Target != null)
            {
                TVector t = TSimd.Load(Target + i);
                TSimd.Store(TSimd.MultiplyAdd(tau, TSimd.Subtract(p, t), t), Target + i);
            }
        }
    }
}

/// <summary>target += tau (source - target).</summary>
internal unsafe struct PolyakWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public float* Source;
    public float* Target;
    public long Floats;
    public float Tau;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        WorkRange range = new(Floats, member, members, 32);
        TVector tau = TSimd.Create(Tau);
        for (nint i = range.Begin; i < range.End; i += TSimd.Count)
        {
            TVector t = TSimd.Load(Target + i);
            TSimd.Store(TSimd.MultiplyAdd(tau, TSimd.Subtract(TSimd.Load(Source + i), t), t), Target + i);
        }
    }
}

/// <summary>values *= scale.</summary>
internal unsafe struct ScaleWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public float* Values;
    public long Floats;
    public float Scale;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        WorkRange range = new(Floats, member, members, 32);
        TVector scale = TSimd.Create(Scale);
        for (nint i = range.Begin; i < range.End; i += TSimd.Count)
        {
            TSimd.Store(TSimd.Multiply(scale, TSimd.Load(Values + i)), Values + i);
        }
    }
}

/// <summary>Sums of squares of chunks of a fixed size, in double between lanes and chunks: the same for any number of threads.</summary>
internal unsafe struct SquaredNormWork<TSimd, TVector> : ITeamWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int Chunk = 4096;

    public float* Values;
    public long Floats;
    public double* Sums;

    public static int ChunksOf(long floats) => (int)((floats + Chunk - 1) / Chunk);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        WorkRange chunks = new(ChunksOf(Floats), member, members);
        for (int chunk = chunks.Begin; chunk < chunks.End; chunk++)
        {
            TVector x = TSimd.Zero, y = TSimd.Zero;
            nint end = (nint)Math.Min(Floats, (chunk + 1L) * Chunk);
            for (nint i = (nint)chunk * Chunk; i < end; i += 2 * TSimd.Count)
            {
                TVector a = TSimd.Load(Values + i), b = TSimd.Load(Values + i + TSimd.Count);
                x = TSimd.MultiplyAdd(a, a, x);
                y = TSimd.MultiplyAdd(b, b, y);
            }

            Sums[chunk] = TSimd.Sum(TSimd.Add(x, y));
        }
    }
}
