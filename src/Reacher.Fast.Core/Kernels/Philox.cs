using System.Runtime.CompilerServices;

namespace Reacher.Fast.Core.Kernels;

/// <summary>
/// Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): a bijection of a 128-bit counter under
/// a 64-bit key. Noise is a function of where it is used, so every device draws the same numbers in any order, and a resumed
/// run goes on where the interrupted one stood by setting one counter.
/// <para><b>Layout, which every device follows.</b> Normal number n of a stream at update u, for a seed:</para>
/// <list type="number">
/// <item>key = (low 32 bits of seed, high 32 bits of seed);</item>
/// <item>counter = (n / 4, stream, low 32 bits of u, high 32 bits of u); the block's four words are x0, x1, x2, x3;</item>
/// <item>n % 4 = 0, 1 take the pair (x0, x1), 2, 3 the pair (x2, x3), by Box and Muller (1958): with
/// p = ((first >> 8) + 1) * 2^-24 in (0, 1] and t = (second >> 8) * 2^-24 in [0, 1), both exact in float32,
/// radius r = sqrt(-2 ln p), the even one is r cos(2 pi t), the odd one r sin(2 pi t).</item>
/// </list>
/// <para>
/// t has 24 bits, so the quadrant is its top two bits and the angle within it is exact: a float32 sine and cosine need no
/// further range reduction. The largest magnitude is sqrt(48 ln 2) = 5.77. Here the functions run in double and round once;
/// other devices work in float32 and agree to a few units in the last place of r.
/// </para>
/// </summary>
public static class Philox
{
    /// <summary>Multiplier of the first word in every round.</summary>
    internal const uint Multiplier0 = 0xD2511F53;

    /// <summary>Multiplier of the third word in every round.</summary>
    internal const uint Multiplier1 = 0xCD9E8D57;

    /// <summary>Added to the key's low word after every round (the golden ratio).</summary>
    internal const uint Weyl0 = 0x9E3779B9;

    /// <summary>Added to the key's high word after every round (sqrt(3) - 1).</summary>
    internal const uint Weyl1 = 0xBB67AE85;

    /// <summary>Rounds; 7 already pass BigCrush, 10 are the published default.</summary>
    internal const int Rounds = 10;

    private const double TwoToMinus24 = 1.0 / (1 << 24);

    /// <summary>The four words for one counter and key.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>The four words of block <paramref name="index"/> of a stream at an update.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint X0, uint X1, uint X2, uint X3) Block(ulong seed, NoiseStream stream, ulong update, uint index) =>
        Block(index, (uint)stream, (uint)update, (uint)(update >> 32), (uint)seed, (uint)(seed >> 32));

    /// <summary>Writes standard normal numbers 0, 1, ... of a stream at an update.</summary>
    public static void Normals(ulong seed, NoiseStream stream, ulong update, Span<float> destination)
    {
        for (int n = 0; n < destination.Length; n += 4)
        {
            (uint x0, uint x1, uint x2, uint x3) = Block(seed, stream, update, (uint)(n / 4));
            (float z0, float z1) = BoxMuller(x0, x1);
            (float z2, float z3) = BoxMuller(x2, x3);
            ReadOnlySpan<float> block = [z0, z1, z2, z3];
            block[..Math.Min(4, destination.Length - n)].CopyTo(destination[n..]);
        }
    }

    /// <summary>Writes numbers uniform in [0, 1), word n of the stream's blocks times 2^-24 after dropping its low 8 bits.</summary>
    public static void Uniforms(ulong seed, NoiseStream stream, ulong update, Span<float> destination)
    {
        for (int n = 0; n < destination.Length; n += 4)
        {
            (uint x0, uint x1, uint x2, uint x3) = Block(seed, stream, update, (uint)(n / 4));
            ReadOnlySpan<float> block = [Uniform(x0), Uniform(x1), Uniform(x2), Uniform(x3)];
            block[..Math.Min(4, destination.Length - n)].CopyTo(destination[n..]);
        }
    }

    /// <summary>Two independent standard normals from two words.</summary>
    internal static (float Even, float Odd) BoxMuller(uint first, uint second)
    {
        double radius = Math.Sqrt(-2.0 * Math.Log(((first >> 8) + 1) * TwoToMinus24));
        (double sine, double cosine) = Math.SinCos(2.0 * Math.PI * ((second >> 8) * TwoToMinus24));
        return ((float)(radius * cosine), (float)(radius * sine));
    }

    private static float Uniform(uint word) => (float)((word >> 8) * TwoToMinus24);
}
