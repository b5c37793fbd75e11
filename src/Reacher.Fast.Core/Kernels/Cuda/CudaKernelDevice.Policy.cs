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
        var arguments = new KernelArguments();
        ReadNoise(ref arguments, stream);
        arguments.Read(output);
        arguments.Write(noise);
        arguments.Write(action);
        arguments.Write(logProbability);
        arguments.Value(batch);
        arguments.Value(size);
        arguments.Value(lanes);
        LaunchOver(CudaKernels.SquashedGaussian, (long)batch * lanes, arguments);
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
        var arguments = new KernelArguments();
        arguments.Read(output);
        arguments.Read(noise);
        arguments.Read(action);
        arguments.Read(actionGradient);
        arguments.Read(entropyCoefficient);
        arguments.Write(outputGradient);
        arguments.Value(batch);
        arguments.Value(size);
        LaunchOver(CudaKernels.SquashedGaussianBackward, (long)batch * size, arguments);
    }

    /// <inheritdoc/>
    public void SquashedGaussianMode(Tensor output, Tensor action)
    {
        (int batch, int size) = (action.Rows, action.Columns);
        RequireShape(output, 1, batch, 2 * size);
        var arguments = new KernelArguments();
        arguments.Read(output);
        arguments.Write(action);
        arguments.Value(batch);
        arguments.Value(size);
        LaunchOver(CudaKernels.SquashedGaussianMode, (long)batch * size, arguments);
    }

    /// <inheritdoc/>
    public void AddClippedNoise(Tensor mean, NoiseStream stream, float sigma, float clip, Tensor action)
    {
        (int batch, int size) = (action.Rows, action.Columns);
        RequireShape(mean, 1, batch, size);
        var arguments = new KernelArguments();
        ReadNoise(ref arguments, stream);
        arguments.Read(mean);
        arguments.Value(sigma);
        arguments.Value(clip);
        arguments.Write(action);
        arguments.Value(batch);
        arguments.Value(size);
        LaunchOver(CudaKernels.AddClippedNoise, (long)batch * size, arguments);
    }

    /// <inheritdoc/>
    public void TanhBackward(Tensor dy, Tensor y, Tensor dx)
    {
        RequireShape(dy, dx.Heads, dx.Rows, dx.Columns);
        RequireShape(y, dx.Heads, dx.Rows, dx.Columns);
        long length = (long)dx.Heads * dx.Rows * RowStride(dx.Columns);
        var arguments = new KernelArguments();
        arguments.Read(dy);
        arguments.Read(y);
        arguments.Write(dx);
        arguments.Value(length);
        LaunchOver(CudaKernels.TanhBackward, length, arguments);
    }

    /// <inheritdoc/>
    public void AdvanceNoise()
    {
        var arguments = new KernelArguments();
        arguments.Memory(noiseState.Value, NoiseStateBytes, Access.Write);
        Launch(CudaKernels.AdvanceNoise, 1, 1, 1, arguments);
        if (recorder is null)
        {
            updateCounter++;
        }
        else
        {
            recorder.NoiseAdvances++; // the device counts by itself; this keeps the host's count in step
        }
    }

    private void ReadNoise(ref KernelArguments arguments, NoiseStream stream)
    {
        arguments.Memory(noiseState.Value, NoiseStateBytes, Access.Read);
        arguments.Value((int)stream);
    }
}
