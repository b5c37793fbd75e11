using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd.Ops;

/// <summary>
/// The normals of <see cref="Philox"/>'s layout: its integers to the bit, Box and Muller's functions in single precision. Any
/// range of a stream can be drawn alone, so rows may be divided at will.
/// </summary>
internal static unsafe class NormalNoise<T>
    where T : unmanaged, ISimd<T>
{
    /// <summary>Numbers drawn at a time; the working memory is on the stack.</summary>
    private const int Batch = 256;

    private const float TwoToMinus24 = 1f / (1 << 24);

    /// <summary>Writes normals <paramref name="first"/> .. + <paramref name="count"/> of a stream at an update.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(ulong seed, NoiseStream stream, ulong update, long first, int count, float* destination)
    {
        float* p = stackalloc float[Batch / 2];
        float* t = stackalloc float[Batch / 2];
        float* normals = stackalloc float[Batch];
        while (count > 0)
        {
            long block = first / 4;
            int skip = (int)(first % 4);
            int blocks = Math.Min(Batch / 4, (skip + count + 3) / 4);
            for (int i = 0; i < blocks; i++)
            {
                (uint x0, uint x1, uint x2, uint x3) = Philox.Block(seed, stream, update, (uint)(block + i));
                p[2 * i] = ((x0 >> 8) + 1) * TwoToMinus24;
                t[2 * i] = (x1 >> 8) * TwoToMinus24;
                p[2 * i + 1] = ((x2 >> 8) + 1) * TwoToMinus24;
                t[2 * i + 1] = (x3 >> 8) * TwoToMinus24;
            }

            BoxMuller(p, t, 2 * blocks, normals);
            int taken = Math.Min(count, 4 * blocks - skip);
            new ReadOnlySpan<float>(normals + skip, taken).CopyTo(new Span<float>(destination, taken));
            destination += taken;
            first += taken;
            count -= taken;
        }
    }

    /// <summary>Pairs (r cos, r sin) side by side. The arrays hold a multiple of the widest register, so no tail is needed.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BoxMuller(float* p, float* t, int pairs, float* normals)
    {
        float* even = stackalloc float[Batch / 2];
        float* odd = stackalloc float[Batch / 2];
        for (int i = 0; i < pairs; i += T.Count)
        {
            T radius = T.Sqrt(T.Create(-2f) * VectorMath<T>.Log(T.Load(p + i)));
            VectorMath<T>.SineCosineOfTurns(T.Load(t + i), out T sine, out T cosine);
            T.Store(radius * cosine, even + i);
            T.Store(radius * sine, odd + i);
        }

        for (int i = 0; i < pairs; i++)
        {
            normals[2 * i] = even[i];
            normals[2 * i + 1] = odd[i];
        }
    }
}
