using static Reacher.Fast.Core.Kernels.Cuda.KernelArgument;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>Policies' outputs and their noise.</summary>
public sealed partial class CudaKernelDevice
{
    /// <inheritdoc/>
    public void SquashedGaussian(Tensor output, NoiseStream stream, Tensor noise, Tensor action, Tensor logProbability)
    {
        (int batch, int size) = (action.Rows, action.Columns);
        RequireShape(output, 1, batch, 2 * size);
        RequireShape(noise, 1, batch, size);
        RequireShape(action, 1, batch, size);
        RequireShape(logProbability, 1, 1, batch);
        int lanes = (int)Math.Min(32, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size));
        LaunchOver(
            CudaKernels.SquashedGaussian, (long)batch * lanes,
            [NoiseState(Access.Read), (int)stream, Read(output), Write(noise), Write(action), Write(logProbability), batch, size,
             lanes]);
    }

    /// <inheritdoc/>
    public void SquashedGaussianBackward(
        Tensor output, Tensor noise, Tensor action, Tensor actionGradient, Tensor entropyCoefficient, Tensor outputGradient)
    {
        (int batch, int size) = (action.Rows, action.Columns);
        RequireShape(output, 1, batch, 2 * size);
        RequireShape(noise, 1, batch, size);
        RequireShape(actionGradient, 1, batch, size);
        RequireShape(entropyCoefficient, 1, 1, 1);
        RequireShape(outputGradient, 1, batch, 2 * size);
        LaunchOver(
            CudaKernels.SquashedGaussianBackward, (long)batch * size,
            [Read(output), Read(noise), Read(action), Read(actionGradient), Read(entropyCoefficient), Write(outputGradient), batch,
             size]);
    }

    /// <inheritdoc/>
    public void SquashedGaussianMode(Tensor output, Tensor action)
    {
        (int batch, int size) = (action.Rows, action.Columns);
        RequireShape(output, 1, batch, 2 * size);
        LaunchOver(CudaKernels.SquashedGaussianMode, (long)batch * size, [Read(output), Write(action), batch, size]);
    }

    /// <inheritdoc/>
    public void AddClippedNoise(Tensor mean, NoiseStream stream, float sigma, float clip, Tensor action)
    {
        (int batch, int size) = (action.Rows, action.Columns);
        RequireShape(mean, 1, batch, size);
        LaunchOver(
            CudaKernels.AddClippedNoise, (long)batch * size,
            [NoiseState(Access.Read), (int)stream, Read(mean), sigma, clip, Write(action), batch, size]);
    }

    /// <inheritdoc/>
    public void TanhBackward(Tensor dy, Tensor y, Tensor dx)
    {
        RequireShape(dy, dx.Heads, dx.Rows, dx.Columns);
        RequireShape(y, dx.Heads, dx.Rows, dx.Columns);
        long length = (long)dx.Heads * dx.Rows * RowStride(dx.Columns);
        LaunchOver(CudaKernels.TanhBackward, length, [Read(dy), Read(y), Write(dx), length]);
    }

    /// <inheritdoc/>
    public void AdvanceNoise()
    {
        Launch(CudaKernels.AdvanceNoise, 1, 1, 1, [NoiseState(Access.Write)]);
        if (recorder is null)
        {
            updateCounter++;
        }
        else
        {
            recorder.NoiseAdvances++; // the device counts by itself; this keeps the host's count in step
        }
    }

    /// <summary>The noise's seed and the update counter, in device memory.</summary>
    private KernelArgument NoiseState(Access access) => Bytes(noiseState.Value, NoiseStateBytes, access);
}
