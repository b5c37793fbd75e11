using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Environments.Arm;

/// <summary>Three-component vectors, one a lane.</summary>
/// <typeparam name="T">The vector width.</typeparam>
internal readonly struct Wide3<T>
    where T : unmanaged, ISimd<T>
{
    public readonly T X;
    public readonly T Y;
    public readonly T Z;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Wide3(T x, T y, T z)
    {
        X = x;
        Y = y;
        Z = z;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3<T> operator +(Wide3<T> a, Wide3<T> b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3<T> operator -(Wide3<T> a, Wide3<T> b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3<T> operator *(T s, Wide3<T> a) => new(s * a.X, s * a.Y, s * a.Z);

    /// <summary>s a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3<T> MultiplyAdd(T s, Wide3<T> a, Wide3<T> b) =>
        new(T.MultiplyAdd(s, a.X, b.X), T.MultiplyAdd(s, a.Y, b.Y), T.MultiplyAdd(s, a.Z, b.Z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Dot(Wide3<T> a, Wide3<T> b) => T.MultiplyAdd(a.X, b.X, T.MultiplyAdd(a.Y, b.Y, a.Z * b.Z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3<T> Cross(Wide3<T> a, Wide3<T> b) => new(
        (a.Y * b.Z) - (a.Z * b.Y),
        (a.Z * b.X) - (a.X * b.Z),
        (a.X * b.Y) - (a.Y * b.X));
}
