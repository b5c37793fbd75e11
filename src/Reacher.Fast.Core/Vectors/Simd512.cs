using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reacher.Fast.Core.Vectors;

/// <summary>16 lanes: AVX-512, 32 registers, 19 of them in a tile. Where the processor has none, the runtime emulates it.</summary>
internal unsafe struct Simd512 : ISimd<Simd512>
{
    private Vector512<float> lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Simd512(Vector512<float> lanes) => this.lanes = lanes;

    public static int Count => 16;

    public static int TileRows => 8;

    public static InstructionSet InstructionSet => InstructionSet.Vector512;

    public static Simd512 Zero => new(Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator +(Simd512 a, Simd512 b) => new(a.lanes + b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator -(Simd512 a, Simd512 b) => new(a.lanes - b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator -(Simd512 a) => new(-a.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator *(Simd512 a, Simd512 b) => new(a.lanes * b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator /(Simd512 a, Simd512 b) => new(a.lanes / b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator &(Simd512 a, Simd512 b) => new(a.lanes & b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator |(Simd512 a, Simd512 b) => new(a.lanes | b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator ^(Simd512 a, Simd512 b) => new(a.lanes ^ b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Create(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd512 value, float* destination) => value.lanes.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 MultiplyAdd(Simd512 a, Simd512 b, Simd512 c) => new(Vector512.MultiplyAddEstimate(a.lanes, b.lanes, c.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref Simd512 sum, Simd512 a, Simd512 b) =>
        sum.lanes = Vector512.MultiplyAddEstimate(a.lanes, b.lanes, sum.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref Simd512 sum, float a, Simd512 b) =>
        sum.lanes = Vector512.MultiplyAddEstimate(Vector512.Create(a), b.lanes, sum.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref Simd512 sum, float* a, Simd512 b) =>
        sum.lanes = Vector512.MultiplyAddEstimate(Vector512.Load(a), b.lanes, sum.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Sqrt(Simd512 a) => new(Vector512.Sqrt(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Max(Simd512 a, Simd512 b) => new(Vector512.MaxNative(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Min(Simd512 a, Simd512 b) => new(Vector512.MinNative(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Abs(Simd512 a) => new(Vector512.Abs(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 GreaterThan(Simd512 a, Simd512 b) => new(Vector512.GreaterThan(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Select(Simd512 mask, Simd512 a, Simd512 b) =>
        new(Vector512.ConditionalSelect(mask.lanes, a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Round(Simd512 a) => new(Vector512.Round(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 ScaleByPowerOfTwo(Simd512 a, Simd512 n) =>
        new(a.lanes * ((Vector512.ConvertToInt32(n.lanes) + Vector512.Create(127)) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 SplitExponent(Simd512 a, out Simd512 mantissa)
    {
        Vector512<int> bits = a.lanes.AsInt32();
        mantissa = new(((bits & Vector512.Create(0x007F_FFFF)) | Vector512.Create(0x3F00_0000)).AsSingle());
        return new(Vector512.ConvertToSingle((bits >>> 23) - Vector512.Create(126)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Simd512 a) => Vector512.Sum(a.lanes);
}
