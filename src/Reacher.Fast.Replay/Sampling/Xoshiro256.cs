using System.Numerics;
using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Numerics;

namespace Reacher.Fast.Replay.Sampling;

/// <summary>The whole state of a sampler's random numbers: four words, to be saved and restored.</summary>
/// <param name="S0">The first word.</param>
/// <param name="S1">The second word.</param>
/// <param name="S2">The third word.</param>
/// <param name="S3">The fourth word.</param>
public readonly record struct SamplerState(ulong S0, ulong S1, ulong S2, ulong S3);

/// <summary>
/// xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), seeded by SplitMix64 as its
/// authors advise. Ours rather than <see cref="Random"/>, because its state must be saved with a checkpoint.
/// </summary>
internal struct Xoshiro256
{
    private ulong s0;
    private ulong s1;
    private ulong s2;
    private ulong s3;

    /// <summary>A generator whose sequence follows from <paramref name="seed"/> alone.</summary>
    public Xoshiro256(ulong seed)
    {
        s0 = SplitMix64.Draw(seed, 0);
        s1 = SplitMix64.Draw(seed, 1);
        s2 = SplitMix64.Draw(seed, 2);
        s3 = SplitMix64.Draw(seed, 3);
    }

    /// <summary>Where the sequence stands.</summary>
    public SamplerState State
    {
        readonly get => new(s0, s1, s2, s3);
        set => (s0, s1, s2, s3) = (value.S0, value.S1, value.S2, value.S3);
    }

    /// <summary>The next 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        ulong t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>
    /// Uniform in [0, <paramref name="bound"/>): the high word of a 128-bit product (Lemire, 2019) without its rejection
    /// step, whose bias is bound / 2^64, below 1e-9 for any buffer that fits a machine.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Below(ulong bound) => Math.BigMul(Next(), bound, out _);
}
