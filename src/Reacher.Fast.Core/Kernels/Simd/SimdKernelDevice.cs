using Reacher.Fast.Core.Kernels.Simd.Ops;
using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Memory;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd;

/// <summary>
/// The op set on the CPU's vector units, for one instruction set: packed panels, fused kernels, a team of threads. An op has
/// run when its call returns. Results depend on the instruction set, not on the number of threads: every sum is taken by one
/// thread, or over chunks of a fixed size in a fixed order.
/// </summary>
/// <remarks>
/// Parts: this file is memory and transport; <c>.Dense</c> linear maps and layer normalisation; <c>.Policy</c> actions and
/// noise; <c>.Loss</c> targets and losses; <c>.Optimizer</c> Adam, Polyak, clipping. The arithmetic is in <c>Ops/</c>.
/// </remarks>
internal sealed unsafe partial class SimdKernelDevice<T> : IKernelDevice, ITeamDevice
    where T : unmanaged, ISimd<T>
{
    /// <summary>Tensors of a block start on their own pair of cache lines.</summary>
    private const int TensorAlignment = 32;

    private readonly ThreadTeam team;
    private readonly Func<int, (nint Address, IDisposable Owner)> allocator;
    private readonly List<TensorBlock> blocks = [];
    private AlignedMemory<float>? scratch;

    /// <summary>A device that owns its team.</summary>
    /// <param name="threads">Members of the team, the caller included.</param>
    /// <param name="pin">Whether to bind the workers to processors.</param>
    /// <param name="allocator">Zeroed memory for a number of floats; tests put guard pages around it.</param>
    public SimdKernelDevice(int threads, bool pin, Func<int, (nint Address, IDisposable Owner)>? allocator = null)
    {
        team = new ThreadTeam(threads, pin);
        this.allocator = allocator ?? AllocateAligned;
        Name = $"cpu {InstructionSets.NameOf(T.InstructionSet)}, {threads} thread{(threads == 1 ? "" : "s")}";
    }

    /// <inheritdoc/>
    public bool RunsSideBySide => false;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ulong UpdateCounter { get; set; }

    /// <inheritdoc/>
    public ulong NoiseSeed { get; set; }

    /// <inheritdoc/>
    ThreadTeam ITeamDevice.Team => team;

    /// <summary>P, the columns of a panel.</summary>
    private static int Width => 2 * T.Count;

    /// <inheritdoc/>
    public TensorBlock Allocate(string name, params ReadOnlySpan<TensorShape> shapes)
    {
        long[] offsets = new long[shapes.Length];
        long[] headStrides = new long[shapes.Length];
        long length = 0;
        for (int i = 0; i < shapes.Length; i++)
        {
            TensorShape shape = shapes[i];
            if (shape.Heads < 1 || shape.Rows < 1 || shape.Columns < 1)
            {
                throw new ArgumentException($"Tensor {name}.{shape.Name} has an empty dimension: {shape}.", nameof(shapes));
            }

            headStrides[i] = PackedMatrix.FloatsOf(shape.Rows, shape.Columns, Width);
            offsets[i] = length;
            long end = checked(length + headStrides[i] * shape.Heads);

            // The last tensor ends where the block ends, so that a test's guard page follows it at once.
            length = i == shapes.Length - 1 ? end : (end + TensorAlignment - 1) / TensorAlignment * TensorAlignment;
        }

        (nint address, IDisposable owner) = allocator(checked((int)length));
        TensorBlock block = new(name, shapes, address, offsets, headStrides, length, owner);
        blocks.Add(block);
        return block;
    }

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<float> values, Tensor destination)
    {
        CheckLength(values.Length, destination);
        fixed (float* rowMajor = values)
        {
            Transfer(destination, rowMajor, upload: true);
        }
    }

    /// <inheritdoc/>
    public void Download(Tensor source, Span<float> values)
    {
        CheckLength(values.Length, source);
        fixed (float* rowMajor = values)
        {
            Transfer(source, rowMajor, upload: false);
        }
    }

    /// <inheritdoc/>
    public void Copy(TensorBlock source, TensorBlock destination)
    {
        CheckAlike(source, destination);
        new ReadOnlySpan<float>((void*)source.Address, (int)source.Length)
            .CopyTo(new Span<float>((void*)destination.Address, (int)destination.Length));
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

    /// <summary>Ends the threads and frees every block.</summary>
    public void Dispose()
    {
        team.Dispose();
        foreach (TensorBlock block in blocks)
        {
            block.Free();
        }

        blocks.Clear();
        scratch?.Dispose();
        scratch = null;
    }

    private static PackedMatrix Matrix(Tensor tensor, int head) => new(
        (float*)tensor.Address + (tensor.Heads == 1 ? 0 : head) * tensor.HeadStride, tensor.Rows, tensor.Columns, Width);

    /// <summary>A tensor of one row: its elements lie side by side.</summary>
    private static float* Row(Tensor tensor, int head = 0) => (float*)tensor.Address + head * tensor.HeadStride;

    /// <summary>Floats that all heads of a tensor take.</summary>
    private static long Floats(Tensor tensor) => tensor.HeadStride * tensor.Heads;

    private static (nint Address, IDisposable Owner) AllocateAligned(int floats)
    {
        AlignedMemory<float> memory = new(floats);
        return (memory.Address, memory);
    }

    private static void CheckLength(int length, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (length != tensor.Shape.Elements)
        {
            throw new ArgumentException($"{length} values for {tensor}, which holds {tensor.Shape.Elements}.");
        }
    }

    private static void CheckAlike(TensorBlock a, TensorBlock b)
    {
        if (a.Length != b.Length)
        {
            throw new ArgumentException($"Blocks {a.Name} and {b.Name} are not made from the same shapes.");
        }
    }

    /// <summary>Runs a piece of work on the whole team, or alone where handing it over would cost more than it saves.</summary>
    private void Run<TWork>(TWork work, long floats)
        where TWork : unmanaged, ITeamWork
    {
        const long WorthHandingOver = 4096;
        if (floats < WorthHandingOver)
        {
            work.Execute(0, 1);
        }
        else
        {
            team.Run(work);
        }
    }

    private void Transfer(Tensor tensor, float* rowMajor, bool upload)
    {
        nint elements = (nint)tensor.Rows * tensor.Columns;
        for (int head = 0; head < tensor.Heads; head++)
        {
            TransferWork work = new() { Packed = Matrix(tensor, head), RowMajor = rowMajor + head * elements, Upload = upload };
            Run(work, elements);
        }
    }

    /// <summary>Memory of the device's own, kept and grown as ops need it: allocated in the first update, never after.</summary>
    private float* Scratch(long floats)
    {
        if (scratch is null || scratch.Length < floats)
        {
            scratch?.Dispose();
            scratch = new AlignedMemory<float>(checked((int)floats));
        }

        return (float*)scratch.Address;
    }
}
