using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reacher.Fast.Core.Vectors;

/// <summary>8 lanes: AVX2 with FMA, 16 registers, 15 of them in a tile. Where the processor has none, the runtime emulates it.</summary>
internal unsafe struct Simd256 : ISimd<Simd256>
{
    private Vector256<float> lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Simd256(Vector256<float> lanes) => this.lanes = lanes;

    public static int Count => 8;

    public static int TileRows => 6;

    public static InstructionSet InstructionSet => InstructionSet.Vector256;

    public static Simd256 Zero => new(Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator +(Simd256 a, Simd256 b) => new(a.lanes + b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator -(Simd256 a, Simd256 b) => new(a.lanes - b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator -(Simd256 a) => new(-a.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator *(Simd256 a, Simd256 b) => new(a.lanes * b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator /(Simd256 a, Simd256 b) => new(a.lanes / b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator &(Simd256 a, Simd256 b) => new(a.lanes & b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator |(Simd256 a, Simd256 b) => new(a.lanes | b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator ^(Simd256 a, Simd256 b) => new(a.lanes ^ b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Create(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd256 value, float* destination) => value.lanes.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 MultiplyAdd(Simd256 a, Simd256 b, Simd256 c) => new(Vector256.MultiplyAddEstimate(a.lanes, b.lanes, c.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref Simd256 sum, Simd256 a, Simd256 b) =>
        sum.lanes = Vector256.MultiplyAddEstimate(a.lanes, b.lanes, sum.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref Simd256 sum, float a, Simd256 b) =>
        sum.lanes = Vector256.MultiplyAddEstimate(Vector256.Create(a), b.lanes, sum.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref Simd256 sum, float* a, Simd256 b) =>
        sum.lanes = Vector256.MultiplyAddEstimate(Vector256.Load(a), b.lanes, sum.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Sqrt(Simd256 a) => new(Vector256.Sqrt(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Max(Simd256 a, Simd256 b) => new(Vector256.MaxNative(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Min(Simd256 a, Simd256 b) => new(Vector256.MinNative(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Abs(Simd256 a) => new(Vector256.Abs(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 GreaterThan(Simd256 a, Simd256 b) => new(Vector256.GreaterThan(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Select(Simd256 mask, Simd256 a, Simd256 b) =>
        new(Vector256.ConditionalSelect(mask.lanes, a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Round(Simd256 a) => new(Vector256.Round(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 ScaleByPowerOfTwo(Simd256 a, Simd256 n) =>
        new(a.lanes * ((Vector256.ConvertToInt32(n.lanes) + Vector256.Create(127)) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 SplitExponent(Simd256 a, out Simd256 mantissa)
    {
        Vector256<int> bits = a.lanes.AsInt32();
        mantissa = new(((bits & Vector256.Create(0x007F_FFFF)) | Vector256.Create(0x3F00_0000)).AsSingle());
        return new(Vector256.ConvertToSingle((bits >>> 23) - Vector256.Create(126)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Simd256 a) => Vector256.Sum(a.lanes);
}
