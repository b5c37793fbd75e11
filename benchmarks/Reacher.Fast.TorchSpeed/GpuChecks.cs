using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Memory;
using Reacher.Fast.Testing;
using Reacher.Fast.Torch.Interop;
using Reacher.Fast.Torch.Kernels;
using Reacher.Fast.Torch.Learner;
using Reacher.Fast.Torch.Loading;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.TorchSpeed;

/// <summary>What of TorchSharp on CUDA no emulated GPU shows. REACHER_FAST_LIBTORCH names the libtorch, such as PyTorch's torch/lib.</summary>
internal static class GpuChecks
{
    private static readonly TransitionSpec Spec = new(33, 4);
    private static bool passed = true;

    public static bool Run(bool dry)
    {
        TorchLibrary library = TorchLibrary.Require(cuda: true);
        string bridge = library.IsPatched ? "patched" : "as it is";
        Console.WriteLine($"libtorch {library.Version} in {library.Folder}, bridge {bridge}, layout as expected");
        using var device = TorchDevice.Create("torch-cuda", threads: 1);
        Say(torch.cuda.is_available(), "TorchSharp sees the GPU");
        Pinned(device);
        Fused(device, dry ? 10 : 10_000);
        foreach (LearnerOptions options in new LearnerOptions[]
        {
            PaperOptions.Sac with { BatchSize = 64, HiddenSizes = [64, 64] },
            PaperOptions.Sac with { BatchSize = 37, HiddenSizes = [40, 33], LayerNormCritics = true, MaximumGradientNorm = 1 },
            PaperOptions.Td3 with { BatchSize = 64, HiddenSizes = [64, 64] },
        })
        {
            double distance = Distance(options, dry ? 3 : 50);
            Say(distance < 1e-4, $"{options.GetType().Name}: the policy differs from the scalar reference's by {distance:e1}");
        }

        return passed;
    }

    private static void Pinned(TorchDevice device)
    {
        using var pinned = new PinnedMemory(device.Context!, 1 << 16);
        using Tensor ofPinned = TorchShim.Wrap(pinned.Value, torch.CPU, 1 << 14);
        Say(ofPinned.is_pinned(), "TorchSharp takes memory of cuMemHostAlloc for page-locked");
        using var memory = new AlignedMemory<float>(1 << 14);
        using var registered = new RegisteredMemory(device.Context!, memory.Address, 1 << 16, readOnly: false);
        using Tensor ofRegistered = TorchShim.Wrap(memory.Address, torch.CPU, 1 << 14);
        Say(ofRegistered.is_pinned(), "and memory of cuMemHostRegister");
    }

    // Between ops of TorchSharp on the stream that both use, without a wait: a kernel on another stream would read numbers of another time.
    private static void Fused(TorchDevice device, int times)
    {
        using TorchDevice.StreamScope stream = device.Enter();
        using DisposeScope scope = torch.NewDisposeScope();
        using var fused = new TorchTargets(256, device.Context!, device.Stream!, device.Device);
        using var eager = new TorchTargets();
        Tensor rewards = torch.randn(256, device: device.Device), discounts = torch.rand(256, device: device.Device);
        Tensor logPi = torch.randn(256, device: device.Device), alpha = torch.full(1, 0.3f, device: device.Device);
        Tensor q1 = torch.randn(256, device: device.Device), q2 = torch.randn(256, device: device.Device);
        Tensor worst = torch.zeros(1, device: device.Device);
        for (int i = 0; i < times; i++)
        {
            using DisposeScope inner = torch.NewDisposeScope();
            q1.add_(0.001f);
            Tensor difference = (fused.Sac(rewards, discounts, q1, q2, logPi, alpha) - eager.Sac(rewards, discounts, q1, q2, logPi, alpha)).abs();
            worst.copy_(torch.maximum(worst, difference.max().reshape(1)));
        }

        float largest = TensorCodec.Read(worst)[0];
        Say(largest < 1e-5, $"{times} fused targets between ops of TorchSharp differ from eager ones by {largest:e1} at most");
        Measured.Write("torch_fused_us", Time(device, () => fused.Sac(rewards, discounts, q1, q2, logPi, alpha)));
        Measured.Write("torch_eager_us", Time(device, () => eager.Sac(rewards, discounts, q1, q2, logPi, alpha)));
    }

    private static double Time(TorchDevice device, Action body)
    {
        const int Times = 1000;
        using DisposeScope scope = torch.NewDisposeScope();
        body();
        using var start = new CudaEvent(device.Context!, timed: true);
        using var end = new CudaEvent(device.Context!, timed: true);
        CudaCheck.Succeeded(CudaDriver.cuEventRecord(start, device.Stream!));
        for (int i = 0; i < Times; i++)
        {
            body();
        }

        CudaCheck.Succeeded(CudaDriver.cuEventRecord(end, device.Stream!));
        CudaCheck.Succeeded(CudaDriver.cuEventSynchronize(end));
        CudaCheck.Succeeded(CudaDriver.cuEventElapsedTime(out float milliseconds, start, end));
        return milliseconds * 1000 / Times;
    }

    private static double Distance(LearnerOptions options, int updates)
    {
        using var scalar = new ScalarKernelDevice();
        using ILearner expected = LearnerFactory.Create(options, Spec, scalar);
        using var actual = new TorchLearner(options, Spec, TorchDevice.Create("torch-cuda", threads: 1));
        using var batch = new BatchBuffer(Spec, options.BatchSize);
        for (ulong update = 0; update < (ulong)updates; update++)
        {
            Philox.Normals(1, NoiseStream.Exploration, update, batch.Observations);
            Philox.Normals(2, NoiseStream.Exploration, update, batch.NextObservations);
            Philox.Uniforms(3, NoiseStream.Exploration, update, batch.Actions);
            Philox.Normals(4, NoiseStream.Exploration, update, batch.Rewards);
            batch.Discounts.Fill(0.99f);
            expected.Update(batch.View);
            actual.Update(batch.View);
        }

        float[] policy = new float[expected.Policy.BlockLength], other = new float[policy.Length];
        expected.CopyPolicy(policy);
        actual.CopyPolicy(other);
        double difference = policy.Zip(other, (a, b) => Math.Pow((double)a - b, 2)).Sum(), size = policy.Sum(value => Math.Pow(value, 2));
        return Math.Sqrt(difference / size);
    }

    private static void Say(bool good, string sentence)
    {
        passed &= good;
        Console.WriteLine($"{(good ? "ok  " : "FAIL")} {sentence}");
    }
}
