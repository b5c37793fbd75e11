using Reacher.Fast.Core.Memory;

namespace Reacher.Fast.Core.Kernels.Scalar;

/// <summary>
/// The reference: every op as its formula reads, one thread, safe code, float32 storage, sums and functions in double, each
/// result rounded once. The other devices are tested against it; it is far too slow to train anything but a toy.
/// Tensors are row-major without padding.
/// </summary>
public sealed partial class ScalarKernelDevice : IKernelDevice
{
    private readonly List<TensorBlock> blocks = [];
    private bool disposed;

    /// <inheritdoc/>
    public bool RunsSideBySide => false;

    /// <inheritdoc/>
    public string Name => "cpu scalar";

    /// <inheritdoc/>
    public ulong UpdateCounter { get; set; }

    /// <inheritdoc/>
    public ulong NoiseSeed { get; set; }

    /// <inheritdoc/>
    public TensorBlock Allocate(string name, params ReadOnlySpan<TensorShape> shapes)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        long[] offsets = new long[shapes.Length];
        long[] headStrides = new long[shapes.Length];
        long length = 0;
        for (int i = 0; i < shapes.Length; i++)
        {
            offsets[i] = length;
            headStrides[i] = (long)shapes[i].Rows * shapes[i].Columns;
            length += shapes[i].Elements;
        }

        var memory = new AlignedMemory<float>(checked((int)length));
        var block = new TensorBlock(name, shapes, memory.Address, offsets, headStrides, length, memory);
        blocks.Add(block);
        return block;
    }

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<float> values, Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        RequireLength(values.Length, destination);
        values.CopyTo(Values(destination));
    }

    /// <inheritdoc/>
    public void Download(Tensor source, Span<float> values)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireLength(values.Length, source);
        Values(source).CopyTo(values);
    }

    /// <inheritdoc/>
    public void Copy(TensorBlock source, TensorBlock destination)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        Values(source).CopyTo(Values(destination, source));
    }

    /// <inheritdoc/>
    public void Run(DeviceProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        program.Body();
    }

    /// <inheritdoc/>
    public void Synchronize()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        disposed = true;
        foreach (TensorBlock block in blocks)
        {
            block.Free();
        }

        blocks.Clear();
    }

    /// <summary>All elements of a block.</summary>
    private static Span<float> Values(TensorBlock block) => ((AlignedMemory<float>)block.Owner).Span;

    /// <summary>All elements of a block that must be laid out as <paramref name="like"/>.</summary>
    private static Span<float> Values(TensorBlock block, TensorBlock like) => block.Length == like.Length
        ? Values(block)
        : throw new ArgumentException($"Block '{block.Name}' has {block.Length} elements, '{like.Name}' has {like.Length}; the op needs equal ones.");

    /// <summary>All elements of a tensor, heads one after another.</summary>
    private static Span<float> Values(Tensor tensor)
    {
        int start = (int)((tensor.Address - tensor.Block.Address) / sizeof(float));
        return Values(tensor.Block).Slice(start, (int)tensor.Shape.Elements);
    }

    /// <summary>All elements of a tensor that must have this shape.</summary>
    private static Span<float> Values(Tensor tensor, int heads, int rows, int columns)
    {
        if (tensor.Heads != heads || tensor.Rows != rows || tensor.Columns != columns)
        {
            throw new ArgumentException($"{tensor} is not the [{heads}, {rows}, {columns}] that the op needs.");
        }

        return Values(tensor);
    }

    /// <summary>One head's matrix, row-major.</summary>
    private static Span<float> Head(Tensor tensor, int head)
    {
        int size = tensor.Rows * tensor.Columns;
        return Values(tensor).Slice(head * size, size);
    }

    private static void RequireLength(int length, Tensor tensor)
    {
        if (length != tensor.Shape.Elements)
        {
            throw new ArgumentException($"{tensor} has {tensor.Shape.Elements} elements, not {length}.");
        }
    }

    /// <summary>Builds its message only when it throws: an op allocates nothing.</summary>
    private static void Require(bool condition, Tensor tensor, string what, Tensor other)
    {
        if (!condition)
        {
            throw new ArgumentException($"{tensor} {what} {other}.");
        }
    }
}
