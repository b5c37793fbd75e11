using System.Runtime.InteropServices;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Tests.Interop;
using Reacher.Fast.Torch.Interop;
using Reacher.Fast.Torch.Kernels;
using Reacher.Fast.Torch.Learner;
using Reacher.Fast.Torch.Loading;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Tests.Kernels;

/// <summary>
/// Our kernels on TorchSharp's tensors, by address, and TorchSharp's own ops give the same targets. The GPU is the emulated one, whose memory is the
/// processor's, so that tensors of the processor serve.
/// </summary>
public sealed class TorchTargetsTests
{
    [Test]
    public void Fused_and_eager_targets_are_equal([Values(1, 3, 4, 8, 255, 257, 1000)] int count)
    {
        FakeDriver.Require();
        TorchLibrary.Require(cuda: false);
        using CudaContext context = CudaContext.Retain(Ready());
        using var stream = new CudaStream(context);
        using var fused = new TorchTargets(count, context, stream, torch.CPU);
        using var eager = new TorchTargets();
        using IDisposable scope = torch.NewDisposeScope();
        torch.random.manual_seed(count);
        Tensor[] rows = [.. Enumerable.Range(0, 3).Select(_ => torch.randn(count))];
        Tensor q1 = torch.randn(count, 1), q2 = torch.randn(count, 1), alpha = torch.full(1, 0.3f);
        AssertClose(fused.Sac(rows[0], rows[1], q1, q2, rows[2], alpha), eager.Sac(rows[0], rows[1], q1, q2, rows[2], alpha));
        AssertClose(fused.Td3(rows[0], rows[1], q2, q1), eager.Td3(rows[0], rows[1], q2, q1));
        Assert.That(FakeDriver.Launches, Is.GreaterThan(0));
    }

    [Test]
    public unsafe void The_emulated_driver_has_a_legacy_default_stream()
    {
        FakeDriver.Require();
        using CudaContext context = CudaContext.Retain(Ready());
        using var memory = new DeviceMemory(context, 16);
        nint driver = NativeLibrary.Load(Environment.GetEnvironmentVariable("REACHER_FAST_CUDA_DRIVER")!);
        var set = (delegate* unmanaged<nint, byte, nuint, nint, int>)NativeLibrary.GetExport(driver, "cuMemsetD8Async");
        var wait = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(driver, "cuStreamSynchronize");
        FakeDriver.Streams(3);
        Assert.That(set(memory.Value, 7, 16, 0), Is.Zero);
        Assert.That(wait(0), Is.Zero);
        FakeDriver.Streams(0);
        Assert.That(new Span<byte>((void*)memory.Value, 16).ToArray(), Is.All.EqualTo(7));
    }

    private static int Ready()
    {
        Assert.That(CudaProbe.Describe().IsAvailable);
        return 0;
    }

    private static void AssertClose(Tensor fused, Tensor eager)
    {
        float[] actual = TensorCodec.Read(fused), expected = TensorCodec.Read(eager);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(1e-6 * Math.Max(1, Math.Abs(expected[i]))), $"{i}");
        }

        Assert.That(TorchShim.AddressOf(fused), Is.Not.EqualTo(TorchShim.AddressOf(eager)));
    }
}
