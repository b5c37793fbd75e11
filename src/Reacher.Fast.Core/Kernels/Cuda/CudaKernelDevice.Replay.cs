using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>Batches out of the mirrored replay, or of the ring of batches from the host.</summary>
public sealed partial class CudaKernelDevice
{
    private const int MirrorStateBytes = 5 * sizeof(ulong);

    /// <summary>Draws a batch from a mirror into the learner's tensors; see gather_rows in data.cu.</summary>
    internal void GatherRows(
        DeviceMemory mirror, DeviceMemory state, TransitionSpec spec, Tensor observations, Tensor actions, Tensor rewards,
        Tensor discounts, Tensor nextObservations)
    {
        int batch = observations.Rows;
        RequireShape(observations, 1, batch, spec.ObservationSize);
        RequireShape(actions, 1, batch, spec.ActionSize);
        RequireShape(rewards, 1, 1, batch);
        RequireShape(discounts, 1, 1, batch);
        RequireShape(nextObservations, 1, batch, spec.ObservationSize);
        var arguments = new KernelArguments();
        arguments.Memory(mirror.Value, mirror.Bytes, Access.Read);
        arguments.Memory(state.Value, MirrorStateBytes, Access.Write); // it notes there what it could not find
        ReadNoise(ref arguments, NoiseStream.ReplaySampling);
        arguments.Value(spec.StrideBytes);
        arguments.Write(observations);
        arguments.Write(actions);
        arguments.Write(rewards);
        arguments.Write(discounts);
        arguments.Write(nextObservations);
        arguments.Value(batch);
        arguments.Value(spec.ObservationSize);
        arguments.Value(spec.ActionSize);
        Launch(CudaKernels.GatherRows, Rows8(batch), 1, 1, arguments);
    }

    /// <summary>Copies memory laid out as <paramref name="layout"/> over a block of the same layout; an op.</summary>
    internal void CopyInto(nint source, TensorBlock layout, TensorBlock destination)
    {
        RequireAlike(layout, destination);
        var arguments = new KernelArguments();
        arguments.Memory(source, layout.Length * sizeof(float), Access.Read);
        arguments.Write(destination);
        arguments.Value(layout.Length);
        LaunchOver(CudaKernels.Copy, layout.Length, arguments);
    }
}
