using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Environments.Arm;

/// <summary>Four components, one such vector a lane: a quaternion, or one joint's rows (three linear, one angular).</summary>
/// <typeparam name="T">The vector width.</typeparam>
internal readonly struct Wide4<T>
    where T : unmanaged, ISimd<T>
{
    public readonly T X;
    public readonly T Y;
    public readonly T Z;
    public readonly T W;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Wide4(T x, T y, T z, T w)
    {
        X = x;
        Y = y;
        Z = z;
        W = w;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Wide4(Wide3<T> xyz, T w)
    {
        X = xyz.X;
        Y = xyz.Y;
        Z = xyz.Z;
        W = w;
    }

    public Wide3<T> Xyz
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(X, Y, Z);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4<T> operator +(Wide4<T> a, Wide4<T> b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z, a.W + b.W);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4<T> operator -(Wide4<T> a, Wide4<T> b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z, a.W - b.W);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4<T> operator -(Wide4<T> a) => new(-a.X, -a.Y, -a.Z, -a.W);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4<T> operator *(T s, Wide4<T> a) => new(s * a.X, s * a.Y, s * a.Z, s * a.W);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Dot(Wide4<T> a, Wide4<T> b) =>
        T.MultiplyAdd(a.X, b.X, T.MultiplyAdd(a.Y, b.Y, T.MultiplyAdd(a.Z, b.Z, a.W * b.W)));

    /// <summary>s a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4<T> MultiplyAdd(T s, Wide4<T> a, Wide4<T> b) => new(
        T.MultiplyAdd(s, a.X, b.X), T.MultiplyAdd(s, a.Y, b.Y), T.MultiplyAdd(s, a.Z, b.Z), T.MultiplyAdd(s, a.W, b.W));
}
