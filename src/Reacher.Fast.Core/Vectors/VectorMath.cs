using System.Runtime.CompilerServices;

namespace Reacher.Fast.Core.Vectors;

/// <summary>
/// exp, log, tanh and sine with cosine in single precision. Polynomials and argument splits are those of the Cephes
/// library (Moshier, expf.c, logf.c, tanhf.c, sinf.c). Bounds below are what the tests hold them to, against double precision;
/// a NaN stays a NaN.
/// </summary>
internal static class VectorMath<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>e^x to 2 units in the last place; x beyond [-87.3, 88.3] counts as that bound, so the result is finite and normal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        x = TSimd.Min(TSimd.Create(88.3f), TSimd.Max(TSimd.Create(-87.3f), x));
        TVector n = TSimd.Round(TSimd.Multiply(x, TSimd.Create(1.44269504f)));
        TVector r = TSimd.MultiplyAdd(n, TSimd.Create(-0.693359375f), x);
        r = TSimd.MultiplyAdd(n, TSimd.Create(2.12194440e-4f), r);
        TVector p = TSimd.Create(1.9875691500e-4f);
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(1.3981999507e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(8.3334519073e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(4.1665795894e-2f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(1.6666665459e-1f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Create(5.0000001201e-1f));
        p = TSimd.MultiplyAdd(TSimd.Multiply(p, r), r, r);
        return TSimd.ScaleByPowerOfTwo(TSimd.Add(p, TSimd.Create(1f)), n);
    }

    /// <summary>ln x to 2 units in the last place, for normal positive x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log(TVector x)
    {
        TVector one = TSimd.Create(1f);
        TVector e = TSimd.SplitExponent(x, out TVector m);

        // m in [sqrt(1/2), sqrt(2)): around 1 the exponent is 0, and nothing cancels.
        TVector small = TSimd.GreaterThan(TSimd.Create(0.707106781f), m);
        e = TSimd.Subtract(e, TSimd.And(small, one));
        m = TSimd.Subtract(TSimd.Add(m, TSimd.And(small, m)), one);
        TVector z = TSimd.Multiply(m, m);
        TVector p = TSimd.Create(7.0376836292e-2f);
        p = TSimd.MultiplyAdd(p, m, TSimd.Create(-1.1514610310e-1f));
        p = TSimd.MultiplyAdd(p, m, TSimd.Create(1.1676998740e-1f));
        p = TSimd.MultiplyAdd(p, m, TSimd.Create(-1.2420140846e-1f));
        p = TSimd.MultiplyAdd(p, m, TSimd.Create(1.4249322787e-1f));
        p = TSimd.MultiplyAdd(p, m, TSimd.Create(-1.6668057665e-1f));
        p = TSimd.MultiplyAdd(p, m, TSimd.Create(2.0000714765e-1f));
        p = TSimd.MultiplyAdd(p, m, TSimd.Create(-2.4999993993e-1f));
        p = TSimd.MultiplyAdd(p, m, TSimd.Create(3.3333331174e-1f));
        TVector y = TSimd.Multiply(TSimd.Multiply(p, m), z);
        y = TSimd.MultiplyAdd(e, TSimd.Create(-2.12194440e-4f), y);
        y = TSimd.MultiplyAdd(z, TSimd.Create(-0.5f), y);
        return TSimd.MultiplyAdd(e, TSimd.Create(0.693359375f), TSimd.Add(m, y));
    }

    /// <summary>tanh x to 3 units in the last place; exactly plus or minus 1 from 9.1 on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TVector one = TSimd.Create(1f);
        TVector magnitude = TSimd.Abs(x);
        TVector z = TSimd.Multiply(x, x);
        TVector p = TSimd.Create(-5.70498872745e-3f);
        p = TSimd.MultiplyAdd(p, z, TSimd.Create(2.06390887954e-2f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Create(-5.37397155531e-2f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Create(1.33314422036e-1f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Create(-3.33332819422e-1f));
        TVector near = TSimd.MultiplyAdd(TSimd.Multiply(p, z), x, x);
        TVector exponential = Exp(TSimd.Add(magnitude, magnitude));
        TVector far = TSimd.Subtract(one, TSimd.Divide(TSimd.Create(2f), TSimd.Add(exponential, one)));
        far = TSimd.Or(far, TSimd.And(x, TSimd.Create(-0f)));
        return TSimd.Select(TSimd.GreaterThan(magnitude, TSimd.Create(0.625f)), far, near);
    }

    /// <summary>Sine and cosine of 2 pi t for t in [0, 1), to 2e-7 absolute; t a multiple of 2^-24, so that the reduction is exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SineCosineOfTurns(TVector t, out TVector sine, out TVector cosine)
    {
        TVector quarter = TSimd.Round(TSimd.Multiply(t, TSimd.Create(4f)));
        TVector angle = TSimd.Multiply(TSimd.MultiplyAdd(quarter, TSimd.Create(-0.25f), t), TSimd.Create(6.28318531f));
        TVector z = TSimd.Multiply(angle, angle);
        TVector p = TSimd.Create(-1.9515295891e-4f);
        p = TSimd.MultiplyAdd(p, z, TSimd.Create(8.3321608736e-3f));
        p = TSimd.MultiplyAdd(p, z, TSimd.Create(-1.6666654611e-1f));
        TVector s = TSimd.MultiplyAdd(TSimd.Multiply(p, z), angle, angle);
        TVector q = TSimd.Create(2.443315711809948e-5f);
        q = TSimd.MultiplyAdd(q, z, TSimd.Create(-1.388731625493765e-3f));
        q = TSimd.MultiplyAdd(q, z, TSimd.Create(4.166664568298827e-2f));
        TVector c = TSimd.MultiplyAdd(TSimd.Multiply(q, z), z, TSimd.MultiplyAdd(z, TSimd.Create(-0.5f), TSimd.Create(1f)));

        // Quarters 1 and 3 swap the two; the sine is negative in quarters 2 and 3, the cosine in 1 and 2; quarter 4 is quarter 0.
        TVector fromTwo = TSimd.Abs(TSimd.Subtract(quarter, TSimd.Create(2f)));
        TVector straight = TSimd.GreaterThan(TSimd.Abs(TSimd.Subtract(fromTwo, TSimd.Create(1f))), TSimd.Create(0.5f));
        TVector sign = TSimd.Create(-0f);
        TVector sineSign = TSimd.And(Between(quarter, 1.5f, 3.5f), sign);
        TVector cosineSign = TSimd.And(Between(quarter, 0.5f, 2.5f), sign);
        TVector sineSize = TSimd.Select(straight, s, c);
        TVector cosineSize = TSimd.Select(straight, c, s);
        sine = TSimd.Xor(sineSize, sineSign);
        cosine = TSimd.Xor(cosineSize, cosineSign);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Between(TVector x, float low, float high) =>
        TSimd.And(TSimd.GreaterThan(x, TSimd.Create(low)), TSimd.GreaterThan(TSimd.Create(high), x));
}
