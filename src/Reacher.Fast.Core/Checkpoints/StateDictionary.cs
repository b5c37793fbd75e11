using System.Runtime.InteropServices;

namespace Reacher.Fast.Core.Checkpoints;

/// <summary>Element types a checkpoint holds; the names are those of the safetensors format.</summary>
public enum TensorType
{
    /// <summary>A float of 32 bits.</summary>
    F32 = 0,

    /// <summary>A float of 64 bits.</summary>
    F64 = 1,

    /// <summary>A signed integer of 64 bits.</summary>
    I64 = 2,

    /// <summary>An unsigned integer of 64 bits.</summary>
    U64 = 3,
}

/// <summary>A named array with a shape: one entry of a checkpoint.</summary>
/// <param name="Name">As a PyTorch user expects: <c>actor.0.weight</c>.</param>
/// <param name="Type">The type of the elements.</param>
/// <param name="Shape">Row-major; weight matrices are [out, in] here, as PyTorch has them.</param>
/// <param name="Data">The elements' bytes, native (little-endian) order.</param>
public sealed record StateTensor(string Name, TensorType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>The elements of an F32 tensor.</summary>
    public ReadOnlySpan<float> Floats => MemoryMarshal.Cast<byte, float>(Data.Span);
}

/// <summary>
/// Everything a checkpoint holds, in memory: tensors by name and string metadata. Learners, samplers and loops write their
/// state into one and take it back from one; <c>safetensors</c> is only its file form.
/// </summary>
public sealed class StateDictionary
{
    private readonly Dictionary<string, StateTensor> tensors = [];

    /// <summary>Versions, options, names: strings by key.</summary>
    public IDictionary<string, string> Metadata { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>All tensors, in the order they were added.</summary>
    public IReadOnlyCollection<StateTensor> Tensors => tensors.Values;

    /// <summary>Adds a tensor.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the data's length is not that of the shape.</exception>
    public void Add(StateTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        long elements = 1;
        foreach (long size in tensor.Shape)
        {
            elements = checked(elements * size);
        }

        if (elements * SizeOf(tensor.Type) != tensor.Data.Length)
        {
            throw new ArgumentException($"'{tensor.Name}' has {tensor.Data.Length} bytes, not those of {elements} {tensor.Type}.", nameof(tensor));
        }

        if (!tensors.TryAdd(tensor.Name, tensor))
        {
            throw new ArgumentException($"'{tensor.Name}' is there already.", nameof(tensor));
        }
    }

    /// <summary>Adds a copy of <paramref name="values"/>.</summary>
    public void Add(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        Add(new StateTensor(name, TensorType.F32, shape.ToArray(), MemoryMarshal.AsBytes(values).ToArray()));

    /// <summary>Adds a copy of <paramref name="values"/>.</summary>
    public void Add(string name, ReadOnlySpan<double> values, params ReadOnlySpan<long> shape) =>
        Add(new StateTensor(name, TensorType.F64, shape.ToArray(), MemoryMarshal.AsBytes(values).ToArray()));

    /// <summary>Adds one number, a scalar tensor.</summary>
    public void Add(string name, long value) => Add(new StateTensor(name, TensorType.I64, [], BitConverter.GetBytes(value)));

    /// <summary>Adds one number, a scalar tensor.</summary>
    public void Add(string name, ulong value) => Add(new StateTensor(name, TensorType.U64, [], BitConverter.GetBytes(value)));

    /// <summary>Whether a tensor of that name is there.</summary>
    public bool Contains(string name) => tensors.ContainsKey(name);

    /// <summary>The tensor <paramref name="name"/>, if it has this type and shape.</summary>
    /// <exception cref="InputException">It is missing or different.</exception>
    public StateTensor Get(string name, TensorType type, params ReadOnlySpan<long> shape)
    {
        if (!tensors.TryGetValue(name, out StateTensor? tensor))
        {
            throw new InputException($"The checkpoint has no tensor '{name}'; it was written by another algorithm or version.");
        }

        if (tensor.Type != type || !shape.SequenceEqual(tensor.Shape.ToArray()))
        {
            throw new InputException(
                $"The checkpoint's tensor '{name}' is {tensor.Type} [{string.Join(", ", tensor.Shape)}] where {type} " +
                $"[{string.Join(", ", shape.ToArray())}] is needed; use the configuration it was trained with.");
        }

        return tensor;
    }

    /// <summary>The float32 elements of <paramref name="name"/>.</summary>
    /// <exception cref="InputException">It is missing or different.</exception>
    public ReadOnlySpan<float> GetFloats(string name, params ReadOnlySpan<long> shape) => Get(name, TensorType.F32, shape).Floats;

    /// <summary>The float64 elements of <paramref name="name"/>.</summary>
    /// <exception cref="InputException">It is missing or different.</exception>
    public ReadOnlySpan<double> GetDoubles(string name, params ReadOnlySpan<long> shape) =>
        MemoryMarshal.Cast<byte, double>(Get(name, TensorType.F64, shape).Data.Span);

    /// <summary>The number <paramref name="name"/>.</summary>
    /// <exception cref="InputException">It is missing or not an I64 scalar.</exception>
    public long GetInt64(string name) => BitConverter.ToInt64(Get(name, TensorType.I64).Data.Span);

    /// <summary>The number <paramref name="name"/>.</summary>
    /// <exception cref="InputException">It is missing or not a U64 scalar.</exception>
    public ulong GetUInt64(string name) => BitConverter.ToUInt64(Get(name, TensorType.U64).Data.Span);

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(TensorType type) => type == TensorType.F32 ? sizeof(float) : sizeof(double);
}
