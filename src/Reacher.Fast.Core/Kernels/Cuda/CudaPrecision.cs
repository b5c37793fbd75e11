namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>How matrix products are computed (the option <c>precision</c>). Storage, sums and everything else are float32 always.</summary>
public enum CudaPrecision
{
    /// <summary>float32 throughout: relative error around 1e-6.</summary>
    Float32 = 0,

    /// <summary>Tensor cores, operands rounded to TF32 (10 bits of mantissa): around 3e-4.</summary>
    TensorFloat32 = 1,

    /// <summary>Tensor cores, operands rounded to bfloat16 (7 bits): a few 1e-3.</summary>
    BFloat16 = 2,
}

/// <summary>What a <see cref="CudaKernelDevice"/> is made with.</summary>
/// <param name="Ordinal">N of the device <c>cuda:N</c>.</param>
/// <param name="Precision">The precision of matrix products.</param>
/// <param name="Parallel">
/// Whether a recorded program's ops run side by side where their tensors allow it; else one after another, as they were issued.
/// </param>
public sealed record CudaDeviceOptions(int Ordinal = 0, CudaPrecision Precision = CudaPrecision.Float32, bool Parallel = true);
