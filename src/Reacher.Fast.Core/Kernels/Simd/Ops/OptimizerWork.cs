using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) over a block, and in the same pass the target's Polyak average with the new
/// parameters: every array is read once and written once. Padding has a gradient of zero and stays zero.
/// </summary>
internal unsafe struct AdamWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
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
        T beta1 = T.Create(Beta1), beta2 = T.Create(Beta2);
        T oneMinusBeta1 = T.Create(OneMinusBeta1), oneMinusBeta2 = T.Create(OneMinusBeta2);
        T step = T.Create(-StepSize), root = T.Create(ReciprocalRootCorrection2), epsilon = T.Create(Epsilon);
        T tau = T.Create(Tau);
        for (nint i = range.Begin; i < range.End; i += T.Count)
        {
            T g = T.Load(Gradients + i);
            T m = T.MultiplyAdd(beta1, T.Load(First + i), oneMinusBeta1 * g);
            T v = T.MultiplyAdd(beta2, T.Load(Second + i), oneMinusBeta2 * g * g);
            T denominator = T.MultiplyAdd(T.Sqrt(v), root, epsilon);
            T p = T.MultiplyAdd(step, m / denominator, T.Load(Parameters + i));
            T.Store(m, First + i);
            T.Store(v, Second + i);
            T.Store(p, Parameters + i);
            if (Target != null)
            {
                T t = T.Load(Target + i);
                T.Store(T.MultiplyAdd(tau, p - t, t), Target + i);
            }
        }
    }
}

/// <summary>values *= scale.</summary>
internal unsafe struct ScaleWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
{
    public float* Values;
    public long Floats;
    public float Scale;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int member, int members)
    {
        WorkRange range = new(Floats, member, members, 32);
        T scale = T.Create(Scale);
        for (nint i = range.Begin; i < range.End; i += T.Count)
        {
            T.Store(scale * T.Load(Values + i), Values + i);
        }
    }
}

/// <summary>Sums of squares of chunks of a fixed size, in double between lanes and chunks: the same for any number of threads.</summary>
internal unsafe struct SquaredNormWork<T> : ITeamWork
    where T : unmanaged, ISimd<T>
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
            T x = T.Zero, y = T.Zero;
            nint end = (nint)Math.Min(Floats, (chunk + 1L) * Chunk);
            for (nint i = (nint)chunk * Chunk; i < end; i += 2 * T.Count)
            {
                T a = T.Load(Values + i), b = T.Load(Values + i + T.Count);
                T.Accumulate(ref x, a, a);
                T.Accumulate(ref y, b, b);
            }

            Sums[chunk] = T.Sum(x + y);
        }
    }
}
