using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Tests.Interop;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>The CUDA kernels' sources, run on the emulated GPU through the real device class, against the scalar reference.</summary>
public sealed class CudaKernelTests
{
    private static readonly CudaPrecision[] Precisions = Enum.GetValues<CudaPrecision>();

    /// <summary>Tile (0: as chosen), batch, inputs, outputs; odd sizes on both sides of every tile and stage.</summary>
    private static readonly int[][] Sizes =
    [
        [0, 1, 1, 1], [0, 5, 3, 2], [32, 33, 37, 41], [32, 70, 129, 31], [64, 65, 33, 67], [64, 40, 100, 130], [128, 130, 35, 129], [128, 67, 140, 5],
    ];

    [Test]
    public void Every_op_agrees_with_the_scalar_reference(
        [ValueSource(nameof(Precisions))] CudaPrecision precision, [ValueSource(nameof(Sizes))] int[] size)
    {
        FakeDriver.Require();
        using var reference = new ScalarKernelDevice();
        using var device = new CudaKernelDevice(new CudaDeviceOptions(Precision: precision)) { ForcedTile = size[0] };
        var agreement = new KernelAgreement(reference, device, seed: TestContext.CurrentContext.Random.Next());
        agreement.SetNoise(0x0123_4567_89AB_CDEF, 0x1_0000_0003);
        double products = precision switch { CudaPrecision.Float32 => 1e-5, CudaPrecision.TensorFloat32 => 1e-3, _ => 1e-2 };
        Assert.Multiple(() =>
        {
            foreach ((string op, double error) in agreement.All(size[1], size[2], size[3]))
            {
                Assert.That(error, Is.LessThan(KernelAgreement.Limit(op, products, size[1], size[3])), $"{op} at {string.Join(" x ", size)}");
            }
        });
    }

    [Test]
    public void The_order_of_threads_between_barriers_changes_no_bit(
        [ValueSource(nameof(Precisions))] CudaPrecision precision, [Values(32, 64, 128)] int tile)
    {
        FakeDriver.Require();
        float[] expected = Products(precision, tile, order: 0);
        Assert.That(expected, Has.All.Not.NaN);
        foreach (int order in (int[])[1, 2, 3])
        {
            Assert.That(Products(precision, tile, order), Is.EqualTo(expected), $"order {order}");
        }
    }

    /// <summary>The large tile needs 105 KiB or so; an RTX 30 or 40 gives a block 99.</summary>
    [Test]
    public void A_tile_that_does_not_fit_into_a_blocks_shared_memory_is_not_chosen([Values(99, 163, 227)] int kibibytes)
    {
        FakeDriver.Require();
        FakeDriver.SharedBytes(kibibytes * 1024);
        using var device = new CudaKernelDevice();
        TensorBlock block = device.Allocate("t", new("x", 1, 1024, 4), new("w", 2, 4, 896), new("b", 2, 1, 896), new("y", 2, 1024, 896));
        device.Linear(block[0], block[1], block[2], block[3], Activation.None);
        Assert.That(FakeDriver.Calls("cuFuncSetAttribute"), Is.EqualTo(1), "both tiles ask for more than is given unasked");
        Assert.That(device.Info.SharedBytes, Is.EqualTo(kibibytes * 1024));
    }

    [Test]
    public void Noise_is_the_same_numbers_as_the_references([Values(0UL, 1UL << 33)] ulong update)
    {
        FakeDriver.Require();
        using var device = new CudaKernelDevice { NoiseSeed = 42, UpdateCounter = update };
        TensorBlock block = device.Allocate("t", new("mean", 1, 501, 3), new("action", 1, 501, 3));
        device.AddClippedNoise(block[0], NoiseStream.Exploration, 0.1f, float.PositiveInfinity, block[1]);
        float[] actual = new float[1503], normals = new float[1503];
        device.Download(block[1], actual);
        Philox.Normals(42, NoiseStream.Exploration, update, normals);
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.That(actual[i], Is.EqualTo(0.1f * normals[i]).Within(3e-7), $"number {i}");
        }
    }

    [Test]
    public void Padding_stays_zero_through_every_op()
    {
        FakeDriver.Require();
        using var reference = new ScalarKernelDevice();
        using var device = new CudaKernelDevice();
        TensorBlock block = device.Allocate(
            "t", new("x", 1, 9, 5), new("w", 1, 5, 3), new("b", 1, 1, 3), new("y", 1, 9, 3), new("dw", 1, 5, 3), new("db", 1, 1, 3));
        foreach (Tensor tensor in block.Tensors)
        {
            device.Upload([.. Enumerable.Repeat(1f, (int)tensor.Shape.Elements)], tensor);
        }

        device.Linear(block[0], block[1], block[2], block[3], Activation.Tanh);
        device.LinearBackwardWeights(block[0], block[3], block[4], block[5]);
        device.Synchronize();
        foreach (Tensor tensor in block.Tensors)
        {
            Assert.That(PaddingOf(tensor), Has.All.EqualTo(0f), tensor.ToString());
        }
    }

    /// <summary>The emulated GPU's memory is this process's.</summary>
    private static unsafe float[] PaddingOf(Tensor tensor)
    {
        int stride = CudaKernelDevice.RowStride(tensor.Columns);
        var all = new ReadOnlySpan<float>((void*)tensor.Address, tensor.Heads * tensor.Rows * stride);
        List<float> padding = [];
        for (int i = 0; i < all.Length; i++)
        {
            if (i % stride >= tensor.Columns)
            {
                padding.Add(all[i]);
            }
        }

        return [.. padding];
    }

    private static float[] Products(CudaPrecision precision, int tile, int order)
    {
        using var device = new CudaKernelDevice(new CudaDeviceOptions(Precision: precision)) { ForcedTile = tile };
        TensorBlock block = device.Allocate(
            "t", new("x", 1, 70, 75), new("w", 2, 75, 40), new("b", 2, 1, 40), new("y", 2, 70, 40), new("dx", 1, 70, 75), new("dw", 2, 75, 40),
            new("db", 2, 1, 40));
        float[] values = new float[2 * 75 * 70];
        Philox.Normals(1, NoiseStream.Initialization, 0, values);
        device.Upload(values.AsSpan(0, 70 * 75), block[0]);
        device.Upload(values.AsSpan(0, 2 * 75 * 40), block[1]);
        device.Upload(values.AsSpan(0, 80), block[2]);
        FakeDriver.Order(order);
        device.Linear(block[0], block[1], block[2], block[3], Activation.ReLU);
        device.LinearBackwardInput(block[3], block[1], block[4], gate: null);
        device.LinearBackwardWeights(block[0], block[3], block[5], block[6]);
        FakeDriver.Order(0);
        List<float> results = [];
        foreach (Tensor tensor in block.Tensors.Skip(3))
        {
            float[] output = new float[tensor.Shape.Elements];
            device.Download(tensor, output);
            results.AddRange(output);
        }

        return [.. results];
    }
}
