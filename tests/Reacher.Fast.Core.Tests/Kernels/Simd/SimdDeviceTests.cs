using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Tests.Kernels.Simd;

/// <summary>Memory, transport and what holds for every op: no allocation, the same bits for any number of threads.</summary>
internal sealed class SimdDeviceTests
{
    [TestCaseSource(typeof(SimdPath), nameof(SimdPath.All))]
    public void Values_come_back_as_they_went_in(object path)
    {
        using TwinDevices twins = new((SimdPath)path);
        foreach ((int heads, int rows, int columns) in new[] { (1, 1, 1), (2, 1, 17), (2, 33, 47), (1, 64, 64), (1, 200, 33) })
        {
            TwinDevices.Twin twin = twins.With("t", heads, rows, columns, i => i + 0.5f);
            twins.AssertEqual(twin, 0);
        }
    }

    [Test]
    public void Transport_refuses_another_length_by_name()
    {
        using IKernelDevice device = CpuDevices.Create(InstructionSet.Vector128, 1);
        Tensor tensor = device.Allocate("critic", new TensorShape("0.weight", 2, 3, 4))[0];
        Assert.That(() => device.Upload(new float[23], tensor), Throws.ArgumentException.With.Message.Contains("critic.0.weight"));
        Assert.That(() => device.Download(tensor, new float[25]), Throws.ArgumentException.With.Message.Contains("24"));
        Assert.That(() => device.Allocate("x", new TensorShape("empty", 1, 0, 4)), Throws.ArgumentException);
        TensorBlock other = device.Allocate("other", new TensorShape("w", 1, 30, 40));
        Assert.That(() => device.Copy(tensor.Block, other), Throws.ArgumentException.With.Message.Contains("critic"));
    }

    [Test]
    public void Results_are_the_same_bits_for_any_number_of_threads()
    {
        float[] one = Program(1);
        foreach (int threads in new[] { 2, 3, 5 })
        {
            Assert.That(Program(threads), Is.EqualTo(one), $"{threads} threads");
        }
    }

    [Test]
    public void Ops_allocate_nothing()
    {
        using IKernelDevice device = CpuDevices.Create(InstructionSets.Best, 2);
        Layers layers = new(device);
        Allocations.AssertNone(10, layers.Run);
    }

    private static float[] Program(int threads)
    {
        using IKernelDevice device = CpuDevices.Create(InstructionSets.Best, threads);
        Layers layers = new(device);
        for (int i = 0; i < 3; i++)
        {
            layers.Run();
        }

        return layers.State();
    }

    /// <summary>Ops of every kind in a row, each reading what the one before wrote.</summary>
    private sealed class Layers
    {
        private readonly IKernelDevice device;
        private readonly TensorBlock parameters;
        private readonly TensorBlock gradients;
        private readonly TensorBlock data;
        private readonly AdamState adam;

        public Layers(IKernelDevice device)
        {
            this.device = device;
            TensorShape[] network = [new("w", 2, 37, 130), new("b", 2, 1, 130), new("v", 2, 1, 130), new("c", 2, 1, 1)];
            parameters = device.Allocate("p", network);
            gradients = device.Allocate("g", network);
            adam = new AdamState(device.Allocate("m", network), device.Allocate("v", network), Scalar("s", 0), Scalar("schedule", 1));
            data = device.Allocate(
                "data", new("x", 1, 100, 37), new("h", 2, 100, 130), new("q", 2, 1, 100), new("dh", 2, 100, 130), new("dx", 1, 100, 4),
                new("out", 1, 100, 8), new("eps", 1, 100, 4), new("a", 1, 100, 4), new("l", 1, 1, 100), new("report", 1, 1, ReportSlot.Count),
                new("n", 2, 100, 130), new("rstd", 2, 1, 100));
            Random random = new(3);
            foreach (Tensor tensor in parameters.Tensors.Append(data[0]).Append(data[5]))
            {
                device.Upload([.. Enumerable.Range(0, (int)tensor.Shape.Elements).Select(_ => random.NextSingle() - 0.5f)], tensor);
            }
        }

        private Tensor Scalar(string name, float value)
        {
            Tensor tensor = device.Allocate(name, new TensorShape(name, 1, 1, 1))[0];
            device.Upload([value], tensor);
            return tensor;
        }

        public void Run()
        {
            device.AdvanceNoise();
            device.Linear(data[0], parameters[0], parameters[1], data[1], Activation.ReLU);
            device.LayerNorm(data[1], parameters[1], parameters[1], data[10], data[11], data[1], Activation.ReLU);
            device.ValueHead(data[1], parameters[2], parameters[3], data[2]);
            device.ValueHeadBackward(data[2], data[1], parameters[2], data[3], data[1], gradients[2], gradients[3]);
            device.LayerNormBackward(data[3], parameters[1], data[10], data[11], data[3], gradients[1], gradients[1]);
            device.LinearBackwardWeights(data[0], data[3], gradients[0], gradients[1]);
            device.LinearBackwardInput(data[3], parameters[0], data[6], null, 33);
            device.SquashedGaussian(data[5], NoiseStream.PolicyAction, data[6], data[7], data[8]);
            device.ClipGradientNorm(gradients, 1f, data[9], 0);
            device.Adam(parameters, gradients, adam, new AdamOptions(1e-2), null, 0f);
        }

        public float[] State()
        {
            List<float> state = [];
            foreach (Tensor tensor in parameters.Tensors.Concat(data.Tensors))
            {
                state.AddRange(TwinDevices.Read(device, tensor));
            }

            return [.. state];
        }
    }
}
