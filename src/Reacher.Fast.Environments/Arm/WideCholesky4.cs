using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Environments.Arm;

/// <summary>The Cholesky factor L of a symmetric, positive definite 4x4 matrix A = L L^T, the diagonal kept as its inverse.</summary>
/// <typeparam name="T">The vector width.</typeparam>
internal unsafe struct WideCholesky4<T>
    where T : unmanaged, ISimd<T>
{
    private T i0;
    private T i1;
    private T i2;
    private T i3;
    private T l10;
    private T l20;
    private T l21;
    private T l30;
    private T l31;
    private T l32;

    /// <summary>Factors A, given by the columns of its lower triangle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Factor(T a00, T a10, T a20, T a30, T a11, T a21, T a31, T a22, T a32, T a33)
    {
        T one = T.Create(1);
        i0 = one / T.Sqrt(a00);
        l10 = a10 * i0;
        l20 = a20 * i0;
        l30 = a30 * i0;
        i1 = one / T.Sqrt(a11 - (l10 * l10));
        l21 = (a21 - (l20 * l10)) * i1;
        l31 = (a31 - (l30 * l10)) * i1;
        i2 = one / T.Sqrt(a22 - (l20 * l20) - (l21 * l21));
        l32 = (a32 - (l30 * l20) - (l31 * l21)) * i2;
        i3 = one / T.Sqrt(a33 - (l30 * l30) - (l31 * l31) - (l32 * l32));
    }

    /// <summary>L^-1 b, by forward substitution.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Wide4<T> Forward(Wide4<T> b)
    {
        T x = b.X * i0;
        T y = (b.Y - (l10 * x)) * i1;
        T z = (b.Z - (l20 * x) - (l21 * y)) * i2;
        T w = (b.W - (l30 * x) - (l31 * y) - (l32 * z)) * i3;
        return new(x, y, z, w);
    }

    /// <summary>L^-T b, by backward substitution.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Wide4<T> Backward(Wide4<T> b)
    {
        T w = b.W * i3;
        T z = (b.Z - (l32 * w)) * i2;
        T y = (b.Y - (l31 * w) - (l21 * z)) * i1;
        T x = (b.X - (l30 * w) - (l20 * z) - (l10 * y)) * i0;
        return new(x, y, z, w);
    }

    /// <summary>M = L^-1 M, column by column.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SolveColumns(WideCholesky4<T>* l, WideMatrix4<T>* m) => Solve(l, (T*)m, 1, 4);

    /// <summary>M = M L^-T, row by row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SolveRows(WideCholesky4<T>* l, WideMatrix4<T>* m) => Solve(l, (T*)m, 4, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Solve(WideCholesky4<T>* l, T* m, int next, int stride)
    {
        for (int i = 0; i < 4; i++, m += next)
        {
            T x = m[0] * l->i0;
            T y = (m[stride] - (l->l10 * x)) * l->i1;
            T z = (m[2 * stride] - (l->l20 * x) - (l->l21 * y)) * l->i2;
            T w = (m[3 * stride] - (l->l30 * x) - (l->l31 * y) - (l->l32 * z)) * l->i3;
            m[0] = x;
            m[stride] = y;
            m[2 * stride] = z;
            m[3 * stride] = w;
        }
    }
}
