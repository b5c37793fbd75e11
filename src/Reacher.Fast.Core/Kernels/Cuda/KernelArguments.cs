using System.Diagnostics.CodeAnalysis;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>What an op does to a range of device memory.</summary>
internal enum Access : byte
{
    /// <summary>Nothing: the argument is a number.</summary>
    None = 0,

    /// <summary>Reads it.</summary>
    Read = 1,

    /// <summary>Writes all or part of it, and perhaps reads it.</summary>
    Write = 2,
}

/// <summary>
/// A kernel's arguments in order, on the caller's stack, each in eight bytes; a pointer comes with what is done to the memory
/// behind it, from which a recorded program gets its dependencies.
/// </summary>
[SuppressMessage("Design", "CA1051", Justification = "Read in place by the launcher.")]
internal unsafe ref struct KernelArguments
{
    /// <summary>Most arguments of any kernel here, and one more for the end.</summary>
    public const int Capacity = 20;

    public int Count;
    public fixed ulong Values[Capacity];
    public fixed ulong Starts[Capacity];
    public fixed long Lengths[Capacity];
    public fixed byte Accesses[Capacity];

    /// <summary>A tensor that is read.</summary>
    public void Read(Tensor tensor) => Memory(tensor.Address, BytesOf(tensor), Access.Read);

    /// <summary>A tensor that is read, or a null pointer.</summary>
    public void ReadOrNull(Tensor? tensor)
    {
        if (tensor is null)
        {
            Value(0L);
        }
        else
        {
            Read(tensor);
        }
    }

    /// <summary>A tensor that is written.</summary>
    public void Write(Tensor tensor) => Memory(tensor.Address, BytesOf(tensor), Access.Write);

    /// <summary>A whole block that is read.</summary>
    public void Read(TensorBlock block) => Memory(block.Address, block.Length * sizeof(float), Access.Read);

    /// <summary>A whole block that is written.</summary>
    public void Write(TensorBlock block) => Memory(block.Address, block.Length * sizeof(float), Access.Write);

    /// <summary>A whole block that is written, or a null pointer.</summary>
    public void WriteOrNull(TensorBlock? block)
    {
        if (block is null)
        {
            Value(0L);
        }
        else
        {
            Write(block);
        }
    }

    /// <summary>Any device memory.</summary>
    public void Memory(nint address, long bytes, Access access) => Memory(address, address, bytes, access);

    /// <summary>A pointer behind which only <paramref name="bytes"/> from <paramref name="start"/> are touched.</summary>
    public void Memory(nint address, nint start, long bytes, Access access)
    {
        Starts[Count] = (ulong)start;
        Lengths[Count] = bytes;
        Accesses[Count] = (byte)access;
        Values[Count++] = (ulong)address;
    }

    /// <summary>A 32-bit integer.</summary>
    public void Value(int value) => Values[Count++] = (uint)value;

    /// <summary>A 64-bit integer.</summary>
    public void Value(long value) => Values[Count++] = (ulong)value;

    /// <summary>A float.</summary>
    public void Value(float value) => Values[Count++] = BitConverter.SingleToUInt32Bits(value);

    private static long BytesOf(Tensor tensor) =>
        (((tensor.Heads - 1) * tensor.HeadStride) + ((long)tensor.Rows * CudaKernelDevice.RowStride(tensor.Columns))) * sizeof(float);
}
