using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reacher.Fast.Core.Vectors;

/// <summary>4 lanes, the portable path: NEON on ARM64 (32 registers), SSE on x64 (16), with FMA where there is FMA.</summary>
internal unsafe struct Simd128 : ISimd<Simd128>
{
    private Vector128<float> lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Simd128(Vector128<float> lanes) => this.lanes = lanes;

    public static int Count => 4;

    public static int TileRows => 6;

    public static InstructionSet InstructionSet => InstructionSet.Vector128;

    public static Simd128 Zero => new(Vector128<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator +(Simd128 a, Simd128 b) => new(a.lanes + b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator -(Simd128 a, Simd128 b) => new(a.lanes - b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator -(Simd128 a) => new(-a.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator *(Simd128 a, Simd128 b) => new(a.lanes * b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator /(Simd128 a, Simd128 b) => new(a.lanes / b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator &(Simd128 a, Simd128 b) => new(a.lanes & b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator |(Simd128 a, Simd128 b) => new(a.lanes | b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator ^(Simd128 a, Simd128 b) => new(a.lanes ^ b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Create(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd128 value, float* destination) => value.lanes.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 MultiplyAdd(Simd128 a, Simd128 b, Simd128 c) => new(Vector128.MultiplyAddEstimate(a.lanes, b.lanes, c.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref Simd128 sum, Simd128 a, Simd128 b) =>
        sum.lanes = Vector128.MultiplyAddEstimate(a.lanes, b.lanes, sum.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref Simd128 sum, float a, Simd128 b) =>
        sum.lanes = Vector128.MultiplyAddEstimate(Vector128.Create(a), b.lanes, sum.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref Simd128 sum, float* a, Simd128 b) =>
        sum.lanes = Vector128.MultiplyAddEstimate(Vector128.Load(a), b.lanes, sum.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Sqrt(Simd128 a) => new(Vector128.Sqrt(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Max(Simd128 a, Simd128 b) => new(Vector128.MaxNative(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Min(Simd128 a, Simd128 b) => new(Vector128.MinNative(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Abs(Simd128 a) => new(Vector128.Abs(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 GreaterThan(Simd128 a, Simd128 b) => new(Vector128.GreaterThan(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Select(Simd128 mask, Simd128 a, Simd128 b) =>
        new(Vector128.ConditionalSelect(mask.lanes, a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Round(Simd128 a) => new(Vector128.Round(a.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 ScaleByPowerOfTwo(Simd128 a, Simd128 n) =>
        new(a.lanes * ((Vector128.ConvertToInt32(n.lanes) + Vector128.Create(127)) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 SplitExponent(Simd128 a, out Simd128 mantissa)
    {
        Vector128<int> bits = a.lanes.AsInt32();
        mantissa = new(((bits & Vector128.Create(0x007F_FFFF)) | Vector128.Create(0x3F00_0000)).AsSingle());
        return new(Vector128.ConvertToSingle((bits >>> 23) - Vector128.Create(126)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Simd128 a) => Vector128.Sum(a.lanes);
}
