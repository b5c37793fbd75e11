using Reacher.Fast.Core.Interop;
using static Reacher.Fast.Core.Kernels.Cuda.KernelArgument;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>Tensors in the GPU's memory, and their values in and out.</summary>
public sealed partial class CudaKernelDevice
{
    private const int TensorAlignment = 64; // floats: 256 bytes, as cuMemAlloc aligns and as wide as any access

    private readonly List<TensorBlock> blocks = [];

    /// <summary>Floats from one row of a tensor to the next: its columns rounded up to 16 bytes.</summary>
    internal static int RowStride(int columns) => (columns + 3) & ~3;

    /// <inheritdoc/>
    public TensorBlock Allocate(string name, params ReadOnlySpan<TensorShape> shapes)
    {
        Enter();
        RequireNotRecording();
        long[] offsets = new long[shapes.Length];
        long[] headStrides = new long[shapes.Length];
        long length = 0;
        for (int i = 0; i < shapes.Length; i++)
        {
            offsets[i] = length;
            headStrides[i] = (long)shapes[i].Rows * RowStride(shapes[i].Columns);
            length += ((headStrides[i] * shapes[i].Heads) + TensorAlignment - 1) / TensorAlignment * TensorAlignment;
        }

        var memory = new DeviceMemory(context, length * sizeof(float));
        try
        {
            CudaCheck.Succeeded(CudaDriver.cuMemsetD8Async(memory.Value, 0, (nuint)memory.Bytes, stream));
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        var block = new TensorBlock(name, shapes, memory.Value, offsets, headStrides, length, memory);
        blocks.Add(block);
        return block;
    }

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<float> values, Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Enter();
        RequireNotRecording();
        RequireLength(values.Length, destination);
        int columns = destination.Columns, rowStride = RowStride(columns), capacity = staging.BufferBytes / sizeof(float), filled = 0;
        nint to = destination.Address;
        Span<float> buffer = staging.Take().Floats;
        for (int row = 0; row < destination.Heads * destination.Rows; row++)
        {
            for (int done = 0; done < rowStride;)
            {
                if (filled == capacity)
                {
                    staging.Send(to, filled * sizeof(float), stream);
                    to += filled * sizeof(float);
                    buffer = staging.Take().Floats;
                    filled = 0;
                }

                int count = Math.Min(rowStride - done, capacity - filled), valid = Math.Clamp(columns - done, 0, count);
                values.Slice((row * columns) + Math.Min(done, columns), valid).CopyTo(buffer[filled..]);
                buffer.Slice(filled + valid, count - valid).Clear();
                filled += count;
                done += count;
            }
        }

        staging.Send(to, filled * sizeof(float), stream);
    }

    /// <inheritdoc/>
    public unsafe void Download(Tensor source, Span<float> values)
    {
        ArgumentNullException.ThrowIfNull(source);
        Enter();
        RequireNotRecording();
        RequireLength(values.Length, source);
        int columns = source.Columns, rowStride = RowStride(columns), capacity = landing.Bytes / sizeof(float);
        long length = (long)source.Heads * source.Rows * rowStride;
        for (long from = 0; from < length; from += capacity)
        {
            int count = (int)Math.Min(capacity, length - from);
            CudaCheck.Succeeded(CudaDriver.cuMemcpyDtoHAsync_v2(
                (void*)landing.Value, source.Address + (nint)(from * sizeof(float)), (nuint)count * sizeof(float), stream));
            CudaCheck.Succeeded(CudaDriver.cuStreamSynchronize(stream));
            Unpad(landing.Floats[..count], from, columns, values);
        }
    }

    /// <inheritdoc/>
    public void Copy(TensorBlock source, TensorBlock destination)
    {
        RequireAlike(source, destination);
        LaunchOver(CudaKernels.Copy, source.Length, [Read(source), Write(destination), source.Length]);
    }

    /// <summary>Takes the row padding out of elements <paramref name="first"/>.. of a padded tensor.</summary>
    internal static void Unpad(ReadOnlySpan<float> padded, long first, int columns, Span<float> values)
    {
        int rowStride = RowStride(columns);
        for (int at = 0; at < padded.Length;)
        {
            long row = (first + at) / rowStride;
            int column = (int)((first + at) % rowStride), count = Math.Min(rowStride - column, padded.Length - at);
            int valid = Math.Clamp(columns - column, 0, count);
            padded.Slice(at, valid).CopyTo(values[(int)((row * columns) + Math.Min(column, columns))..]);
            at += count;
        }
    }

    private static void RequireLength(int length, Tensor tensor)
    {
        if (length != tensor.Shape.Elements)
        {
            throw new ArgumentException($"{tensor} has {tensor.Shape.Elements} elements, not {length}.");
        }
    }
}
