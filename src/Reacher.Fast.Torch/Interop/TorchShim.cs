using System.Runtime.InteropServices;
using Reacher.Fast.Torch.Loading;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Interop;

/// <summary>
/// What libtorch exports in C and TorchSharp does not offer (torch/csrc/inductor/aoti_torch/c/shim.h and torch/csrc/stable/c/shim.h of PyTorch):
/// tensors over memory of one's own, any op by its name, the current stream. A handle of these calls is what TorchSharp calls one.
/// </summary>
internal static unsafe class TorchShim
{
    private const int Float32 = 6;

    private static readonly TorchLibrary Library = TorchLibrary.Require(cuda: false);

    private static readonly delegate* unmanaged<nint, long, long*, long*, long, int, int, int, nint*, int> FromBlob =
        (delegate* unmanaged<nint, long, long*, long*, long, int, int, int, nint*, int>)Export("aoti_torch_create_tensor_from_blob");

    private static readonly delegate* unmanaged<nint, nint*, int> DataPointer =
        (delegate* unmanaged<nint, nint*, int>)Export("aoti_torch_get_data_ptr");

    private static readonly delegate* unmanaged<nint, nint*, int> NewHandle =
        (delegate* unmanaged<nint, nint*, int>)Export("aoti_torch_new_tensor_handle");

    private static readonly delegate* unmanaged<nuint, nint*, int> NewList =
        (delegate* unmanaged<nuint, nint*, int>)Export("torch_new_list_reserve_size");

    private static readonly delegate* unmanaged<nint, ulong, int> Push = (delegate* unmanaged<nint, ulong, int>)Export("torch_list_push_back");

    private static readonly delegate* unmanaged<byte*, byte*, ulong*, ulong, int> Dispatch =
        (delegate* unmanaged<byte*, byte*, ulong*, ulong, int>)Export("torch_call_dispatcher");

    private static readonly ulong Version = ((delegate* unmanaged<ulong>)Export("aoti_torch_abi_version"))();

    /// <summary>A float32 tensor over memory that outlives it: nothing is copied, and nothing is freed with it.</summary>
    /// <param name="address">The first element.</param>
    /// <param name="device">Whose memory it is.</param>
    /// <param name="rows">The size of the first dimension.</param>
    /// <param name="columns">That of the second; 0 where there is only one.</param>
    public static Tensor Wrap(nint address, torch.Device device, long rows, long columns = 0)
    {
        long* sizes = stackalloc long[] { rows, columns }, strides = stackalloc long[] { columns == 0 ? 1 : columns, 1 };
        nint handle;
        Require(FromBlob(
            address, columns == 0 ? 1 : 2, sizes, strides, 0, Float32, (int)device.type, Math.Max(device.index, 0), &handle), "from_blob");
        return Tensor.UnsafeCreateTensor(handle);
    }

    /// <summary>Where a tensor's first element lies, on its device.</summary>
    public static nint AddressOf(Tensor tensor)
    {
        nint address;
        Require(DataPointer(tensor.Handle, &address), "data_ptr");
        return address;
    }

    /// <summary>
    /// One step of Adam over all parameters at once (<c>aten::_fused_adam_</c>), whose count of steps the caller has advanced.
    /// </summary>
    public static void FusedAdam(
        IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> gradients, IReadOnlyList<Tensor> first, IReadOnlyList<Tensor> second,
        Tensor step, double learningRate, double beta1, double beta2, double epsilon)
    {
        ulong* stack = stackalloc ulong[15];
        stack[0] = List(parameters);
        stack[1] = List(gradients);
        stack[2] = List(first);
        stack[3] = List(second);
        stack[4] = List([]);
        stack[5] = List(step, parameters.Count);
        stack[6] = Bits(learningRate);
        stack[7] = Bits(beta1);
        stack[8] = Bits(beta2);
        stack[9] = Bits(0); // no weight decay
        stack[10] = Bits(epsilon);
        new Span<ulong>(stack + 11, 4).Clear(); // neither amsgrad nor maximize; no scale of gradients, no flag of infinities
        fixed (byte* name = "aten::_fused_adam_\0"u8, overload = "\0"u8)
        {
            Require(Dispatch(name, overload, stack, Version), "_fused_adam_");
        }
    }

    /// <summary>Makes a stream the current one of the calling thread; what comes back is handed to <see cref="LeaveStream"/>.</summary>
    public static nint EnterStream(nint stream, int device)
    {
        nint guard;
        Require(
            ((delegate* unmanaged<nint, int, nint*, int>)NativeLibrary.GetExport(Library.Cuda, "aoti_torch_create_cuda_stream_guard"))(
                stream, device, &guard),
            "create_cuda_stream_guard");
        return guard;
    }

    /// <summary>Makes the stream current again that was so before.</summary>
    public static void LeaveStream(nint guard) => Require(
        ((delegate* unmanaged<nint, int>)NativeLibrary.GetExport(Library.Cuda, "aoti_torch_delete_cuda_stream_guard"))(guard),
        "delete_cuda_stream_guard");

    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    // A list takes handles of its own, and the call that takes the list frees both.
    private static ulong List(IReadOnlyList<Tensor> tensors)
    {
        nint list;
        Require(NewList((nuint)tensors.Count, &list), "new_list");
        for (int i = 0; i < tensors.Count; i++)
        {
            Add(list, tensors[i]);
        }

        return (ulong)list;
    }

    private static ulong List(Tensor tensor, int times)
    {
        nint list;
        Require(NewList((nuint)times, &list), "new_list");
        for (int i = 0; i < times; i++)
        {
            Add(list, tensor);
        }

        return (ulong)list;
    }

    private static void Add(nint list, Tensor tensor)
    {
        nint handle;
        Require(NewHandle(tensor.Handle, &handle), "new_tensor_handle");
        Require(Push(list, (ulong)handle), "list_push_back");
    }

    private static nint Export(string name) => NativeLibrary.GetExport(Library.Cpu, name);

    private static void Require(int code, string call)
    {
        if (code != 0)
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"libtorch refused '{call}' with code {code}; it has said more on standard error."));
        }
    }
}
