using System.Diagnostics;
using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Training.Profiling;

/// <summary>
/// The arithmetic that this machine can do: single-precision multiply-adds with nothing to load, on the same threads as the
/// kernels. What a GEMM reaches is reported as a part of it, measured in the same run.
/// </summary>
internal static unsafe class FmaPeak
{
    /// <summary>Chains a thread keeps going: enough to hide a latency of 5 cycles at two a cycle, few enough for 16 registers.</summary>
    private const int Chains = 12;

    /// <summary>
    /// Floating-point operations per second (a multiply-add counts as two), all members together: the best of
    /// <paramref name="trials"/> trials of about a millisecond, with <see cref="InstructionSets.Selected"/>.
    /// </summary>
    public static double Measure(int threads, int trials = 50)
    {
        using ThreadTeam team = new(threads);
        return Measure(team, InstructionSets.Selected, trials);
    }

    /// <summary>As <see cref="Measure(int, int)"/>, on an existing team and a given instruction set.</summary>
    public static double Measure(ThreadTeam team, InstructionSet set, int trials = 50)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        double best = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            best = Math.Max(best, Once(team, set));
        }

        return best;
    }

    /// <summary>One trial of about a millisecond: operations per second.</summary>
    public static double Once(ThreadTeam team, InstructionSet set)
    {
        ArgumentNullException.ThrowIfNull(team);
        const int Rounds = 250_000;
        float* results = stackalloc float[team.Count];
        long start = Stopwatch.GetTimestamp();
        switch (set)
        {
            case InstructionSet.Vector512:
                team.Run(new ChainWork<Simd512> { Rounds = Rounds, Results = results });
                break;
            case InstructionSet.Vector256:
                team.Run(new ChainWork<Simd256> { Rounds = Rounds, Results = results });
                break;
            default:
                team.Run(new ChainWork<Simd128> { Rounds = Rounds, Results = results });
                break;
        }

        int lanes = set switch { InstructionSet.Vector512 => 16, InstructionSet.Vector256 => 8, _ => 4 };
        return 2.0 * Rounds * Chains * lanes * team.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private struct ChainWork<T> : ITeamWork
        where T : unmanaged, ISimd<T>
    {
        public int Rounds;

        /// <summary>Where the sums go, so that the chains are not dropped as unused.</summary>
        public float* Results;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int member, int members)
        {
            T m = T.Create(0.999f), a = T.Create(0.001f);
            T x0 = a, x1 = a, x2 = a, x3 = a, x4 = a, x5 = a, x6 = a, x7 = a, x8 = a, x9 = a, x10 = a, x11 = a;
            for (int i = 0; i < Rounds; i++)
            {
                x0 = T.MultiplyAdd(x0, m, a);
                x1 = T.MultiplyAdd(x1, m, a);
                x2 = T.MultiplyAdd(x2, m, a);
                x3 = T.MultiplyAdd(x3, m, a);
                x4 = T.MultiplyAdd(x4, m, a);
                x5 = T.MultiplyAdd(x5, m, a);
                x6 = T.MultiplyAdd(x6, m, a);
                x7 = T.MultiplyAdd(x7, m, a);
                x8 = T.MultiplyAdd(x8, m, a);
                x9 = T.MultiplyAdd(x9, m, a);
                x10 = T.MultiplyAdd(x10, m, a);
                x11 = T.MultiplyAdd(x11, m, a);
            }

            T sum = x0 + x1 + (x2 + x3) + (x4 + x5 + (x6 + x7));
            Results[member] = T.Sum(sum + (x8 + x9 + (x10 + x11)));
        }
    }
}
