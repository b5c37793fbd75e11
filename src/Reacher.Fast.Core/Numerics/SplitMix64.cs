namespace Reacher.Fast.Core.Numerics;

/// <summary>
/// The mixing function of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), used
/// without a state: each draw is a pure function of a key, so that an agent's episodes depend on its own number alone.
/// </summary>
public static class SplitMix64
{
    /// <summary>2^64 over the golden ratio, odd: multiples of it are spread evenly, which keeps numbered keys far apart.</summary>
    public const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>The key of one agent's episode.</summary>
    public static ulong Key(ulong seed, int agent, long episode) =>
        Mix(Mix(Mix(unchecked(seed + Golden)) ^ (ulong)agent) ^ unchecked((ulong)episode * Golden));

    /// <summary>The n-th draw under a key: 64 random bits.</summary>
    public static ulong Draw(ulong key, int n) => Mix(unchecked(key + ((ulong)(n + 1) * Golden)));

    /// <summary>The n-th draw under a key, uniform in [0, 1).</summary>
    public static double Uniform(ulong key, int n) => (Draw(key, n) >> 11) * (1.0 / (1UL << 53));

    /// <summary>The finaliser: a bijection in which every bit of <paramref name="z"/> reaches every bit of the result.</summary>
    public static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
