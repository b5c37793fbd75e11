using System.Runtime.CompilerServices;

namespace Reacher.Fast.Core.Vectors;

/// <summary>
/// exp, log, tanh and sine with cosine in single precision. Polynomials and argument splits are those of the Cephes
/// library (Moshier, expf.c, logf.c, tanhf.c, sinf.c). Bounds below are what the tests hold them to, against double precision;
/// a NaN stays a NaN.
/// </summary>
internal static class VectorMath<T>
    where T : unmanaged, ISimd<T>
{
    /// <summary>
    /// e^x to 2 units in the last place; x beyond [-87.3, 88.3] counts as that bound, so the result is finite and normal.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp(T x)
    {
        x = T.Min(T.Create(88.3f), T.Max(T.Create(-87.3f), x));
        T n = T.Round(x * T.Create(1.44269504f));
        T r = T.MultiplyAdd(n, T.Create(-0.693359375f), x);
        r = T.MultiplyAdd(n, T.Create(2.12194440e-4f), r);
        T p = T.Create(1.9875691500e-4f);
        p = T.MultiplyAdd(p, r, T.Create(1.3981999507e-3f));
        p = T.MultiplyAdd(p, r, T.Create(8.3334519073e-3f));
        p = T.MultiplyAdd(p, r, T.Create(4.1665795894e-2f));
        p = T.MultiplyAdd(p, r, T.Create(1.6666665459e-1f));
        p = T.MultiplyAdd(p, r, T.Create(5.0000001201e-1f));
        p = T.MultiplyAdd(p * r, r, r);
        return T.ScaleByPowerOfTwo(p + T.Create(1f), n);
    }

    /// <summary>ln x to 2 units in the last place, for normal positive x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log(T x)
    {
        T one = T.Create(1f);
        T e = T.SplitExponent(x, out T m);

        // m in [sqrt(1/2), sqrt(2)): around 1 the exponent is 0, and nothing cancels.
        T small = T.GreaterThan(T.Create(0.707106781f), m);
        e -= small & one;
        m = m + (small & m) - one;
        T z = m * m;
        T p = T.Create(7.0376836292e-2f);
        p = T.MultiplyAdd(p, m, T.Create(-1.1514610310e-1f));
        p = T.MultiplyAdd(p, m, T.Create(1.1676998740e-1f));
        p = T.MultiplyAdd(p, m, T.Create(-1.2420140846e-1f));
        p = T.MultiplyAdd(p, m, T.Create(1.4249322787e-1f));
        p = T.MultiplyAdd(p, m, T.Create(-1.6668057665e-1f));
        p = T.MultiplyAdd(p, m, T.Create(2.0000714765e-1f));
        p = T.MultiplyAdd(p, m, T.Create(-2.4999993993e-1f));
        p = T.MultiplyAdd(p, m, T.Create(3.3333331174e-1f));
        T y = p * m * z;
        y = T.MultiplyAdd(e, T.Create(-2.12194440e-4f), y);
        y = T.MultiplyAdd(z, T.Create(-0.5f), y);
        return T.MultiplyAdd(e, T.Create(0.693359375f), m + y);
    }

    /// <summary>tanh x to 3 units in the last place; exactly plus or minus 1 from 9.1 on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh(T x)
    {
        T one = T.Create(1f);
        T magnitude = T.Abs(x);
        T z = x * x;
        T p = T.Create(-5.70498872745e-3f);
        p = T.MultiplyAdd(p, z, T.Create(2.06390887954e-2f));
        p = T.MultiplyAdd(p, z, T.Create(-5.37397155531e-2f));
        p = T.MultiplyAdd(p, z, T.Create(1.33314422036e-1f));
        p = T.MultiplyAdd(p, z, T.Create(-3.33332819422e-1f));
        T near = T.MultiplyAdd(p * z, x, x);
        T exponential = Exp(magnitude + magnitude);
        T far = one - T.Create(2f) / (exponential + one);
        far |= x & T.Create(-0f);
        return T.Select(T.GreaterThan(magnitude, T.Create(0.625f)), far, near);
    }

    /// <summary>Sine and cosine of 2 pi t for t in [0, 1), to 2e-7 absolute; t a multiple of 2^-24, so that the reduction is exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SineCosineOfTurns(T t, out T sine, out T cosine)
    {
        T quarter = T.Round(t * T.Create(4f));
        T angle = T.MultiplyAdd(quarter, T.Create(-0.25f), t) * T.Create(6.28318531f);
        T z = angle * angle;
        T p = T.Create(-1.9515295891e-4f);
        p = T.MultiplyAdd(p, z, T.Create(8.3321608736e-3f));
        p = T.MultiplyAdd(p, z, T.Create(-1.6666654611e-1f));
        T s = T.MultiplyAdd(p * z, angle, angle);
        T q = T.Create(2.443315711809948e-5f);
        q = T.MultiplyAdd(q, z, T.Create(-1.388731625493765e-3f));
        q = T.MultiplyAdd(q, z, T.Create(4.166664568298827e-2f));
        T c = T.MultiplyAdd(q * z, z, T.MultiplyAdd(z, T.Create(-0.5f), T.Create(1f)));

        // Quarters 1 and 3 swap the two; the sine is negative in quarters 2 and 3, the cosine in 1 and 2; quarter 4 is quarter 0.
        T fromTwo = T.Abs(quarter - T.Create(2f));
        T straight = T.GreaterThan(T.Abs(fromTwo - T.Create(1f)), T.Create(0.5f));
        T sign = T.Create(-0f);
        T sineSign = Between(quarter, 1.5f, 3.5f) & sign;
        T cosineSign = Between(quarter, 0.5f, 2.5f) & sign;
        T sineSize = T.Select(straight, s, c);
        T cosineSize = T.Select(straight, c, s);
        sine = sineSize ^ sineSign;
        cosine = cosineSize ^ cosineSign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Between(T x, float low, float high) =>
        T.GreaterThan(x, T.Create(low)) & T.GreaterThan(T.Create(high), x);
}
