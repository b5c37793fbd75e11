using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// A 4x4 matrix per lane. Flat fields, and products written out, because the JIT then uses each element straight from memory
/// in the multiplication; whole rows as structs it would copy first.
/// </summary>
/// <typeparam name="T">The vector width.</typeparam>
internal unsafe struct WideMatrix4<T>
    where T : unmanaged, ISimd<T>
{
    public T M00;
    public T M01;
    public T M02;
    public T M03;
    public T M10;
    public T M11;
    public T M12;
    public T M13;
    public T M20;
    public T M21;
    public T M22;
    public T M23;
    public T M30;
    public T M31;
    public T M32;
    public T M33;

    /// <summary>M v, each component as two sums so that the chain of dependent operations is short.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Wide4<T> Times(Wide4<T> v) => new(
        T.MultiplyAdd(M00, v.X, M01 * v.Y) + T.MultiplyAdd(M02, v.Z, M03 * v.W),
        T.MultiplyAdd(M10, v.X, M11 * v.Y) + T.MultiplyAdd(M12, v.Z, M13 * v.W),
        T.MultiplyAdd(M20, v.X, M21 * v.Y) + T.MultiplyAdd(M22, v.Z, M23 * v.W),
        T.MultiplyAdd(M30, v.X, M31 * v.Y) + T.MultiplyAdd(M32, v.Z, M33 * v.W));

    /// <summary>M^T v, each component as two sums, as in <see cref="Times"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Wide4<T> TransposedTimes(Wide4<T> v) => new(
        T.MultiplyAdd(M00, v.X, M10 * v.Y) + T.MultiplyAdd(M20, v.Z, M30 * v.W),
        T.MultiplyAdd(M01, v.X, M11 * v.Y) + T.MultiplyAdd(M21, v.Z, M31 * v.W),
        T.MultiplyAdd(M02, v.X, M12 * v.Y) + T.MultiplyAdd(M22, v.Z, M32 * v.W),
        T.MultiplyAdd(M03, v.X, M13 * v.Y) + T.MultiplyAdd(M23, v.Z, M33 * v.W));

    /// <summary>Sets <paramref name="square"/> to M M^T.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Square(WideMatrix4<T>* m, WideMatrix4<T>* square)
    {
        T* rows = (T*)m;
        T* result = (T*)square;
        for (int i = 0; i < 4; i++)
        {
            T* a = rows + (4 * i);
            for (int k = 0; k <= i; k++)
            {
                T* b = rows + (4 * k);
                T sum = T.MultiplyAdd(a[0], b[0], a[1] * b[1]) + T.MultiplyAdd(a[2], b[2], a[3] * b[3]);
                result[(4 * i) + k] = sum;
                result[(4 * k) + i] = sum;
            }
        }
    }
}
