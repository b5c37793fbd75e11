using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;

namespace Reacher.Fast.Gpu;

/// <summary>
/// What single kernels take: an update's, one after another in a graph as the critical path has them, and large matrix products, whose
/// rate is what an update of a large batch can reach.
/// </summary>
internal static class KernelSpeeds
{
    public static void Run(Effort effort)
    {
        foreach (CudaPrecision precision in Enum.GetValues<CudaPrecision>())
        {
            int size = effort == Effort.Dry ? 16 : 256;
            OfAnUpdate(precision, size, size, effort);
            if (effort != Effort.Dry)
            {
                OfAnUpdate(precision, 8192, 512, effort);
            }
        }

        Console.WriteLine("| precision | product | heads | m | k | n | us | TFLOP/s |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (CudaPrecision precision in Enum.GetValues<CudaPrecision>())
        {
            foreach ((int heads, int batch, int width) in effort == Effort.Dry
                ? ((int, int, int)[])[(1, 64, 64)]
                : [(1, 4096, 4096), (1, 8192, 1024), (2, 8192, 512), (2, 1024, 256)])
            {
                Products(precision, heads, batch, width);
            }
        }
    }

    /// <summary>The ops of one update at a batch and a width, each many times in a row.</summary>
    private static void OfAnUpdate(CudaPrecision precision, int batch, int width, Effort effort)
    {
        using var device = new CudaKernelDevice(new CudaDeviceOptions(Precision: precision, Parallel: false));
        TensorBlock t = device.Allocate(
            "t", new("x", 1, batch, 37), new("w1", 2, 37, width), new("b1", 2, 1, width), new("h", 2, batch, width),
            new("w2", 2, width, width), new("g", 2, batch, width), new("v", 2, 1, width), new("c", 2, 1, 1),
            new("q", 2, 1, batch), new("dq", 2, 1, batch), new("y", 1, 1, batch), new("report", 1, 1, ReportSlot.Count),
            new("r", 1, 1, batch), new("d", 1, 1, batch), new("l", 1, 1, batch), new("alpha", 1, 1, 1), new("da", 1, batch, 4),
            new("o", 1, batch, 33), new("a", 1, batch, 4), new("out", 1, batch, 8), new("noise", 1, batch, 4));
        TensorBlock gradients = device.Allocate(
            "g", new("w1", 2, 37, width), new("b1", 2, 1, width), new("w2", 2, width, width), new("b2", 2, 1, width), new("v", 2, 1, width),
            new("c", 2, 1, 1));
        TensorShape[] shapes = [.. gradients.Tensors.Select(static tensor => tensor.Shape)];
        TensorBlock parameters = device.Allocate("p", shapes), target = device.Allocate("t", shapes);
        TensorBlock step = device.Allocate("s", new("step", 1, 1, 1), new("schedule", 1, 1, 1));
        var state = new AdamState(device.Allocate("m", shapes), device.Allocate("v", shapes), step[0], step[1]);
        (string Name, Action Op)[] ops =
        [
            ("concatenate", () => device.Concatenate(t[17], t[18], t[0])),
            ("linear, first layer, both critics", () => device.Linear(t[0], t[1], t[2], t[3], Activation.ReLU)),
            ("linear, second layer, both critics", () => device.Linear(t[3], t[4], t[2], t[5], Activation.ReLU)),
            ("value_head", () => device.ValueHead(t[5], t[6], t[7], t[8])),
            ("sac_target", () => device.SacTarget(t[12], t[13], t[8], t[14], t[15], t[10])),
            ("critic_loss", () => device.CriticLoss(t[8], t[10], t[9], t[11])),
            ("sac_policy_loss", () => device.SacPolicyLoss(t[8], t[14], t[15], t[9], t[11])),
            ("value_head_backward, both", () => device.ValueHeadBackward(t[9], t[3], t[6], t[5], t[3], gradients[4], gradients[5])),
            ("linear_backward_input, second layer", () => device.LinearBackwardInput(t[5], t[4], t[3], t[3])),
            ("linear_backward_input, to the actions", () => device.LinearBackwardInput(t[3], t[1], t[16], null, 33)),
            ("linear_backward_weights, second layer", () => device.LinearBackwardWeights(t[3], t[5], gradients[2], gradients[3])),
            ("linear_backward_weights, first layer", () => device.LinearBackwardWeights(t[0], t[3], gradients[0], gradients[1])),
            ("squashed_gaussian", () => device.SquashedGaussian(t[19], NoiseStream.PolicyAction, t[20], t[18], t[14])),
            ("adam and polyak", () => device.Adam(parameters, gradients, state, new AdamOptions(3e-4), target, 0.005f)),
            ("advance_noise (nothing but a launch)", device.AdvanceNoise),
        ];
        string name = CudaKernelDevice.PrecisionName(precision);
        int count = effort == Effort.Dry ? 2 : batch <= 256 ? 200 : 40;
        Console.WriteLine($"{name}, batch {batch}, hidden {width}: us a kernel, {count} in a row in one graph");
        foreach ((string op, Action issue) in ops)
        {
            double seconds = InAGraph(device, issue, count);
            Console.WriteLine($"  {op,-40} {seconds * 1e6,8:f2}");
        }

        Console.WriteLine();
    }

    private static void Products(CudaPrecision precision, int heads, int batch, int width)
    {
        using var device = new CudaKernelDevice(new CudaDeviceOptions(Precision: precision, Parallel: false));
        TensorBlock t = device.Allocate(
            "t", new("x", heads, batch, width), new("w", heads, width, width), new("b", heads, 1, width), new("y", heads, batch, width));
        float[] values = new float[(long)heads * batch * width];
        Philox.Normals(1, NoiseStream.Exploration, 0, values);
        device.Upload(values, t[0]);
        device.Upload(values, t[3]);
        device.Upload(values.AsSpan(0, heads * width * width), t[1]);
        double operations = 2.0 * heads * batch * width * width;
        string name = CudaKernelDevice.PrecisionName(precision);
        foreach ((string form, Action issue) in ((string, Action)[])[
            ("forward", () => device.Linear(t[0], t[1], t[2], t[3], Activation.None)),
            ("backward_input", () => device.LinearBackwardInput(t[3], t[1], t[0], null)),
            ("backward_weights", () => device.LinearBackwardWeights(t[0], t[3], t[1], t[2])),
        ])
        {
            double seconds = InAGraph(device, issue, 10);
            double rate = operations / seconds / 1e12;
            Console.WriteLine($"| {name} | {form} | {heads} | {batch} | {width} | {width} | {seconds * 1e6:f1} | {rate:f1} |");
            Figure.Write($"product_{form}_{heads}x{batch}x{width}x{width}_{name}", rate);
        }
    }

    private static double InAGraph(CudaKernelDevice device, Action issue, int count)
    {
        var program = new DeviceProgram("row", () =>
        {
            for (int i = 0; i < count; i++)
            {
                issue();
            }
        });
        double seconds = DeviceTimer.Seconds(device, () => device.Run(program), 3) / count;
        program.Recording?.Dispose();
        return seconds;
    }
}
