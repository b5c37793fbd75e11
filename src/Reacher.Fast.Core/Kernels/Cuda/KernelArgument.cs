namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>What an op does to a range of device memory.</summary>
internal enum Access : byte
{
    /// <summary>Nothing: the argument is a number.</summary>
    None = 0,

    /// <summary>It reads from the range.</summary>
    Read = 1,

    /// <summary>It writes all or part of the range, and perhaps reads it.</summary>
    Write = 2,
}

/// <summary>
/// One argument of a kernel, in the eight bytes in which the driver takes it. Numbers convert by themselves; a pointer comes with
/// what is done to the memory behind it, from which a recorded program gets its dependencies. A launch lists its arguments in a
/// collection expression, which the compiler lays out on the caller's stack.
/// </summary>
internal readonly struct KernelArgument
{
    private KernelArgument(ulong value, ulong start = 0, long length = 0, Access access = Access.None)
    {
        Value = value;
        Start = (long)start;
        Length = length;
        Access = access;
    }

    /// <summary>The number's bits, or the pointer.</summary>
    public ulong Value { get; }

    /// <summary>The first byte that is touched behind a pointer.</summary>
    public long Start { get; }

    /// <summary>How many bytes are touched.</summary>
    public long Length { get; }

    /// <summary>What is done to them.</summary>
    public Access Access { get; }

    public static implicit operator KernelArgument(int value) => new((uint)value);

    public static implicit operator KernelArgument(long value) => new((ulong)value);

    public static implicit operator KernelArgument(float value) => new(BitConverter.SingleToUInt32Bits(value));

    /// <summary>A tensor that is read.</summary>
    public static KernelArgument Read(Tensor tensor) => Bytes(tensor.Address, BytesOf(tensor), Access.Read);

    /// <summary>A tensor that is read, or a null pointer.</summary>
    public static KernelArgument ReadOrNull(Tensor? tensor) => tensor is null ? 0L : Read(tensor);

    /// <summary>A tensor that is written.</summary>
    public static KernelArgument Write(Tensor tensor) => Bytes(tensor.Address, BytesOf(tensor), Access.Write);

    /// <summary>A whole block that is read.</summary>
    public static KernelArgument Read(TensorBlock block) => Bytes(block.Address, block.Length * sizeof(float), Access.Read);

    /// <summary>A whole block that is written.</summary>
    public static KernelArgument Write(TensorBlock block) => Bytes(block.Address, block.Length * sizeof(float), Access.Write);

    /// <summary>A whole block that is written, or a null pointer.</summary>
    public static KernelArgument WriteOrNull(TensorBlock? block) => block is null ? 0L : Write(block);

    /// <summary>Any device memory.</summary>
    public static KernelArgument Bytes(nint address, long bytes, Access access) => Bytes(address, address, bytes, access);

    /// <summary>A pointer behind which only <paramref name="bytes"/> from <paramref name="start"/> are touched.</summary>
    public static KernelArgument Bytes(nint address, nint start, long bytes, Access access) =>
        new((ulong)address, (ulong)start, bytes, access);

    private static long BytesOf(Tensor tensor) =>
        (((tensor.Heads - 1) * tensor.HeadStride) + ((long)tensor.Rows * CudaKernelDevice.RowStride(tensor.Columns))) * sizeof(float);
}
