namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// A vector of single-precision lanes, one arm a lane: what the SIMD step is written over, once for all widths. Implementations
/// are one-field structs whose every member is one or two instructions, so that the JIT compiles one specialised step per width
/// without a call in it.
/// </summary>
/// <typeparam name="T">The implementing type.</typeparam>
internal unsafe interface IWide<T>
    where T : unmanaged, IWide<T>
{
    /// <summary>Lanes.</summary>
    static abstract int Count { get; }

    /// <summary>The instructions behind this width.</summary>
    static abstract ArmInstructionSet InstructionSet { get; }

    static abstract T Create(float value);

    /// <summary>Reads <see cref="Count"/> floats; the address is aligned to the vector's size.</summary>
    static abstract T Load(float* address);

    /// <summary>Writes <see cref="Count"/> floats; the address is aligned to the vector's size.</summary>
    static abstract void Store(T value, float* address);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator -(T a);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    /// <summary>a b + c, fused where the machine can.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    static abstract T Sqrt(T a);

    static abstract T Min(T a, T b);

    static abstract T Max(T a, T b);

    /// <summary>1 in each lane where a &lt; b, else 0.</summary>
    static abstract T OneWhereLess(T a, T b);
}
