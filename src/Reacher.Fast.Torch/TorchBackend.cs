using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Torch.Learner;
using Reacher.Fast.Torch.Loading;

namespace Reacher.Fast.Torch;

/// <summary>Learners on TorchSharp, for the devices <c>torch</c> and <c>torch-cuda[:N]</c>.</summary>
public sealed class TorchBackend : ILearnerBackend
{
    /// <inheritdoc/>
    public void Require(string device)
    {
        ArgumentNullException.ThrowIfNull(device);
        int? gpu = TorchDevices.Parse(device);
        TorchSearch search = TorchSearch.OfProcess();
        string folder = search.FindLibrary();
        search.FindBridge();
        if (gpu is int ordinal)
        {
            TorchLibrary.RequireCuda(folder, TorchSearch.HasCuda(folder));
            CudaProbe.Require(ordinal);
        }
    }

    /// <inheritdoc/>
    public ILearner Create(LearnerOptions options, TransitionSpec spec, string device, int threads)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        options.Validate();
        TorchDevice made = TorchDevice.Create(device, threads);
        try
        {
            return new TorchLearner(options, spec, made);
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public (string Found, string? Advice) Describe()
    {
        try
        {
            TorchLibrary library = TorchLibrary.Require(cuda: false);
            string found = $"libtorch {library.Version} in {library.Folder}" + (library.IsPatched ? ", by a bridge made to suit this libstdc++" : "");
            return library.HasCuda
                ? ($"{found}, with CUDA; --device torch and torch-cuda use it", null)
                : ($"{found}, without CUDA; --device torch uses it",
                    $"for --device torch-cuda set {TorchSearch.FolderVariable} to the torch/lib of a PyTorch with CUDA.");
        }
        catch (InputException error)
        {
            return ("not used; --device torch finds no libtorch that it can use", error.Message);
        }
    }
}
