namespace Reacher.Fast.Core.Vectors;

/// <summary>
/// What the kernels ask of an instruction set, for vectors of single precision. The kernels are written once, generic over an
/// implementation; the JIT compiles one body per instruction set with every member below inlined to an instruction.
/// </summary>
/// <typeparam name="TVector">The register: <c>Vector128/256/512&lt;float&gt;</c>.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Lanes of a register.</summary>
    static abstract int Count { get; }

    /// <summary>
    /// Rows of the micro-kernel's tile; it is two registers wide. The tile's accumulators, the two registers of the right
    /// operand and one broadcast must fit the register file: 6 rows for 16 registers, 8 for 32.
    /// </summary>
    static abstract int TileRows { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector value, float* destination);

    static abstract TVector Create(float value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a b + c, rounded once wherever the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Sqrt(TVector a);

    /// <summary>The larger of the two; <paramref name="b"/> where either is NaN.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>The smaller of the two; <paramref name="b"/> where either is NaN.</summary>
    static abstract TVector Min(TVector a, TVector b);

    static abstract TVector Abs(TVector a);

    /// <summary>All ones where a &gt; b.</summary>
    static abstract TVector GreaterThan(TVector a, TVector b);

    /// <summary>a where <paramref name="mask"/> is ones, b where it is zeros.</summary>
    static abstract TVector Select(TVector mask, TVector a, TVector b);

    static abstract TVector And(TVector a, TVector b);

    static abstract TVector Or(TVector a, TVector b);

    static abstract TVector Xor(TVector a, TVector b);

    /// <summary>To the nearest integer, ties to even.</summary>
    static abstract TVector Round(TVector a);

    /// <summary>a 2^n for integral n in [-126, 127].</summary>
    static abstract TVector ScaleByPowerOfTwo(TVector a, TVector n);

    /// <summary>The exponent e of a normal a = m 2^e, m in [1/2, 1), and that m.</summary>
    static abstract TVector SplitExponent(TVector a, out TVector mantissa);

    /// <summary>Sum of the lanes, in a fixed order.</summary>
    static abstract float Sum(TVector a);
}
