using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Interop;
using static Reacher.Fast.Core.Kernels.Cuda.KernelArgument;

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
        // The mirror's state is written too: the kernel notes there what it could not find.
        Launch(
            CudaKernels.GatherRows, Rows8(batch), 1, 1,
            [Bytes(mirror.Value, mirror.Bytes, Access.Read), Bytes(state.Value, MirrorStateBytes, Access.Write),
             NoiseState(Access.Read), (int)NoiseStream.ReplaySampling, spec.StrideBytes, Write(observations), Write(actions),
             Write(rewards), Write(discounts), Write(nextObservations), batch, spec.ObservationSize, spec.ActionSize]);
    }

    /// <summary>Copies memory laid out as <paramref name="layout"/> over a block of the same layout; an op.</summary>
    internal void CopyInto(nint source, TensorBlock layout, TensorBlock destination)
    {
        RequireAlike(layout, destination);
        LaunchOver(
            CudaKernels.Copy, layout.Length,
            [Bytes(source, layout.Length * sizeof(float), Access.Read), Write(destination), layout.Length]);
    }
}
