namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>A kernel's entry point: which PTX module it is in, its name there, and its threads a block.</summary>
internal sealed class CudaKernel
{
    private static int count;

    public CudaKernel(string module, string name, int threads)
    {
        Index = count++;
        Module = module;
        Name = name;
        Threads = threads;
    }

    /// <summary>How many there are.</summary>
    public static int Count => count;

    /// <summary>Its place in a device's table of functions.</summary>
    public int Index { get; }

    /// <summary>The kernel family: a file of native/cuda-kernels.</summary>
    public string Module { get; }

    /// <summary>The entry point.</summary>
    public string Name { get; }

    /// <summary>Threads in a block.</summary>
    public int Threads { get; }
}

/// <summary>All kernels but the matrix products, which <see cref="ProductKernels"/> has.</summary>
internal static class CudaKernels
{
    public static readonly CudaKernel LinearNarrow = new("narrow", "linear_narrow", 128);
    public static readonly CudaKernel LinearBackwardInputNarrow = new("narrow", "linear_backward_input_narrow", 128);
    public static readonly CudaKernel ValueHead = new("value_head", "value_head", 256);
    public static readonly CudaKernel ValueHeadBackwardInput = new("value_head", "value_head_backward_input", 256);
    public static readonly CudaKernel ValueHeadBackwardWeights = new("value_head", "value_head_backward_weights", 1024);
    public static readonly CudaKernel LayerNorm = new("layer_norm", "layer_norm", 256);
    public static readonly CudaKernel LayerNormBackward = new("layer_norm", "layer_norm_backward", 256);
    public static readonly CudaKernel LayerNormBackwardParameters = new("layer_norm", "layer_norm_backward_parameters", 256);
    public static readonly CudaKernel SquashedGaussian = new("policy", "squashed_gaussian", 128);
    public static readonly CudaKernel SquashedGaussianBackward = new("policy", "squashed_gaussian_backward", 128);
    public static readonly CudaKernel SquashedGaussianMode = new("policy", "squashed_gaussian_mode", 128);
    public static readonly CudaKernel AddClippedNoise = new("policy", "add_clipped_noise", 128);
    public static readonly CudaKernel TanhBackward = new("policy", "tanh_backward", 256);
    public static readonly CudaKernel AdvanceNoise = new("policy", "advance_noise", 32);
    public static readonly CudaKernel SacTarget = new("loss", "sac_target", 256);
    public static readonly CudaKernel Td3Target = new("loss", "td3_target", 256);
    public static readonly CudaKernel CriticLoss = new("loss", "critic_loss", 1024);
    public static readonly CudaKernel SacPolicyLoss = new("loss", "sac_policy_loss", 1024);
    public static readonly CudaKernel Td3PolicyLoss = new("loss", "td3_policy_loss", 1024);
    public static readonly CudaKernel AdvanceStep = new("optimizer", "advance_step", 32);
    public static readonly CudaKernel Adam = new("optimizer", "adam", 256);
    public static readonly CudaKernel SquaredNorm = new("optimizer", "squared_norm", 256);
    public static readonly CudaKernel ClipGradient = new("optimizer", "clip_gradient", 256);
    public static readonly CudaKernel EntropyCoefficientStep = new("optimizer", "entropy_coefficient_step", 1024);
    public static readonly CudaKernel Concatenate = new("data", "concatenate", 256);
    public static readonly CudaKernel Normalize = new("data", "normalize", 256);
    public static readonly CudaKernel Copy = new("data", "copy", 256);
    public static readonly CudaKernel GatherRows = new("data", "gather_rows", 256);
}
