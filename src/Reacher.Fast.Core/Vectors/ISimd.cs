namespace Reacher.Fast.Core.Vectors;

/// <summary>
/// A vector of single-precision lanes: what the learner's kernels and the arm are written over, once for every instruction set.
/// Implementations are structs of one register whose every member is one or two instructions, so that the JIT compiles one body
/// per instruction set without a call in it.
/// </summary>
/// <typeparam name="T">The implementing type.</typeparam>
internal unsafe interface ISimd<T>
    where T : unmanaged, ISimd<T>
{
    /// <summary>Lanes of a register.</summary>
    static abstract int Count { get; }

    /// <summary>
    /// Rows of the matrix product's tile; it is two registers wide. The tile's accumulators, the two registers of the right
    /// operand and one broadcast must fit the register file: 6 rows for 16 registers, 8 for 32.
    /// </summary>
    static abstract int TileRows { get; }

    /// <summary>The instructions behind this width.</summary>
    static abstract InstructionSet InstructionSet { get; }

    static abstract T Zero { get; }

    static abstract T Create(float value);

    /// <summary>Reads <see cref="Count"/> floats from an address of any alignment.</summary>
    static abstract T Load(float* source);

    /// <summary>Writes <see cref="Count"/> floats to an address of any alignment.</summary>
    static abstract void Store(T value, float* destination);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator -(T a);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    static abstract T operator &(T a, T b);

    static abstract T operator |(T a, T b);

    static abstract T operator ^(T a, T b);

    /// <summary>a b + c, rounded once wherever the processor can.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>
    /// sum += a b, rounded as <see cref="MultiplyAdd"/> does. It assigns the register inside of the struct: from a returned struct
    /// the JIT copies, which costs loops that only sum products one instruction more for each product.
    /// </summary>
    static abstract void Accumulate(ref T sum, T a, T b);

    /// <summary>sum += a b with the same a in every lane, read from memory by the multiply-add itself where the processor can.</summary>
    static abstract void Accumulate(ref T sum, float a, T b);

    /// <summary>sum += a b with a read from memory by the multiply-add itself.</summary>
    static abstract void Accumulate(ref T sum, float* a, T b);

    static abstract T Sqrt(T a);

    /// <summary>The larger of the two; <paramref name="b"/> where either is NaN.</summary>
    static abstract T Max(T a, T b);

    /// <summary>The smaller of the two; <paramref name="b"/> where either is NaN.</summary>
    static abstract T Min(T a, T b);

    static abstract T Abs(T a);

    /// <summary>A mask: every bit of a lane is one where a &gt; b, and zero elsewhere.</summary>
    static abstract T GreaterThan(T a, T b);

    /// <summary>a where the mask's bits are one, b where they are zero.</summary>
    static abstract T Select(T mask, T a, T b);

    /// <summary>To the nearest integer, ties to even.</summary>
    static abstract T Round(T a);

    /// <summary>a 2^n for integral n in [-126, 127].</summary>
    static abstract T ScaleByPowerOfTwo(T a, T n);

    /// <summary>The exponent e of a normal a = m 2^e, m in [1/2, 1), and that m.</summary>
    static abstract T SplitExponent(T a, out T mantissa);

    /// <summary>Sum of the lanes, in a fixed order.</summary>
    static abstract float Sum(T a);
}
