namespace Reacher.Fast.Core.Kernels;

/// <summary>
/// Name and logical shape of one tensor: <paramref name="Heads"/> matrices of <paramref name="Rows"/> by <paramref name="Columns"/>.
/// </summary>
/// <param name="Name">What a checkpoint calls it, such as <c>0.weight</c>; unique within its block.</param>
/// <param name="Heads">1, or 2 for the twin critics, which every op treats in one call.</param>
/// <param name="Rows">Inputs for a weight matrix, samples for an activation, 1 for a bias or a quantity per sample.</param>
/// <param name="Columns">Outputs for a weight matrix, features for an activation, samples for a quantity per sample.</param>
public readonly record struct TensorShape(string Name, int Heads, int Rows, int Columns)
{
    /// <summary>Logical elements, without any padding a device adds.</summary>
    public long Elements => (long)Heads * Rows * Columns;
}

/// <summary>
/// A float32 tensor in a device's memory. The device alone knows the layout (row-major, packed panels, padding);
/// everybody else moves row-major values through <see cref="IKernelDevice.Upload"/> and <see cref="IKernelDevice.Download"/>.
/// Conventions: an activation is [heads, B, features]; a weight matrix [heads, in, out], so that <c>y = x W + b</c>; a bias
/// [heads, 1, out]; a quantity per sample (reward, Q, log-probability) a row vector [heads, 1, B].
/// </summary>
public sealed class Tensor
{
    internal Tensor(TensorBlock block, TensorShape shape, nint address, long headStride)
    {
        Block = block;
        Shape = shape;
        Address = address;
        HeadStride = headStride;
    }

    /// <summary>The block this tensor is part of; blocks are what optimisers step and checkpoints name.</summary>
    public TensorBlock Block { get; }

    /// <summary>Name and logical shape.</summary>
    public TensorShape Shape { get; }

    /// <summary>The name within the block.</summary>
    public string Name => Shape.Name;

    /// <summary>Matrices side by side: 1, or 2 for twins.</summary>
    public int Heads => Shape.Heads;

    /// <summary>Rows of each matrix.</summary>
    public int Rows => Shape.Rows;

    /// <summary>Columns of each matrix.</summary>
    public int Columns => Shape.Columns;

    /// <summary>Device address of the first element; meaningful only to the device that made it.</summary>
    internal nint Address { get; }

    /// <summary>Floats from one head's matrix to the next, padding included.</summary>
    internal long HeadStride { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Block.Name}.{Name} [{Heads}, {Rows}, {Columns}]";
}

/// <summary>
/// Tensors that lie in one contiguous, zeroed allocation: a network's parameters, its gradients, an optimiser's moments.
/// Two blocks made from the same shapes on the same device have the same layout, so element-wise ops (Adam, Polyak,
/// copy, norm) run over whole blocks, padding included; padding is zero and every op keeps it so.
/// </summary>
public sealed class TensorBlock
{
    private readonly Tensor[] tensors;
    private readonly IDisposable owner;

    /// <summary>A block in memory that a device has allocated.</summary>
    /// <param name="name">Such as <c>critic</c>; the prefix of its tensors in a checkpoint.</param>
    /// <param name="shapes">The shape of each tensor.</param>
    /// <param name="address">Device address of the allocation.</param>
    /// <param name="offsets">Each tensor's offset in floats.</param>
    /// <param name="headStrides">Each tensor's floats from head to head.</param>
    /// <param name="length">Floats in the allocation, padding included.</param>
    /// <param name="owner">What frees the allocation when it is disposed.</param>
    internal TensorBlock(
        string name,
        ReadOnlySpan<TensorShape> shapes,
        nint address,
        ReadOnlySpan<long> offsets,
        ReadOnlySpan<long> headStrides,
        long length,
        IDisposable owner)
    {
        Name = name;
        Address = address;
        Length = length;
        this.owner = owner;
        tensors = new Tensor[shapes.Length];
        for (int i = 0; i < shapes.Length; i++)
        {
            tensors[i] = new Tensor(this, shapes[i], address + (nint)(offsets[i] * sizeof(float)), headStrides[i]);
        }
    }

    /// <summary>Prefix of its tensors' names in a checkpoint.</summary>
    public string Name { get; }

    /// <summary>The tensors, in the order of the shapes given.</summary>
    public IReadOnlyList<Tensor> Tensors => tensors;

    /// <summary>Device address of the allocation.</summary>
    internal nint Address { get; }

    /// <summary>Floats in the allocation, padding included.</summary>
    internal long Length { get; }

    /// <summary>What owns the allocation; a CPU device finds its memory through it.</summary>
    internal IDisposable Owner => owner;

    /// <summary>The tensor at <paramref name="index"/>.</summary>
    public Tensor this[int index] => tensors[index];

    /// <summary>Called by the device that made the block when it is disposed.</summary>
    internal void Free() => owner.Dispose();
}
