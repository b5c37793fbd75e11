using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Benchmarks;

/// <summary>A device with the tensors that every op needs, and one of the ops: batch 256, 256 features, observations of 33, actions of 4.</summary>
internal sealed class OpBench : IDisposable
{
    private const int Batch = 256;
    private const int Features = 256;
    private const int Actions = 4;
    private const int Observations = 33;

    private static readonly AdamOptions Adam = new(3e-4);

    private static readonly Dictionary<string, Action<OpBench>> Ops = new()
    {
        ["Linear"] = bench => bench.device.Linear(bench.X, bench.W, bench.B, bench.Y, Activation.ReLU),
        ["LinearBackwardInput"] = bench => bench.device.LinearBackwardInput(bench.Y, bench.W, bench.X, gate: bench.X),
        ["LinearBackwardWeights"] = bench => bench.device.LinearBackwardWeights(bench.X, bench.Y, bench.W, bench.B),
        ["ValueHead"] = bench => bench.device.ValueHead(bench.X, bench.HeadW, bench.HeadB, bench.Q),
        ["ValueHeadBackward"] = bench => bench.device.ValueHeadBackward(bench.Q, bench.X, bench.HeadW, bench.Y, bench.X, bench.HeadW, bench.HeadB),
        ["LayerNorm"] = bench => bench.device.LayerNorm(bench.X, bench.Gain, bench.B, bench.Normalized, bench.Rstd, bench.Y, Activation.ReLU),
        ["LayerNormBackward"] = bench =>
            bench.device.LayerNormBackward(bench.Y, bench.Gain, bench.Normalized, bench.Rstd, bench.Y, bench.GainGradient, bench.B),
        ["Concatenate"] = bench => bench.device.Concatenate(bench.Observation, bench.Action, bench.Joined),
        ["Normalize"] = bench => bench.device.Normalize(bench.Observation, bench.Mean, bench.Scale, 5, bench.Observation),
        ["SquashedGaussian"] = bench => bench.device.SquashedGaussian(bench.Output, NoiseStream.PolicyAction, bench.Noise, bench.Action, bench.LogPi),
        ["SquashedGaussianBackward"] = bench => bench.device.SquashedGaussianBackward(
            bench.Output, bench.Noise, bench.Action, bench.ActionGradient, bench.Alpha, bench.OutputGradient),
        ["SquashedGaussianMode"] = bench => bench.device.SquashedGaussianMode(bench.Output, bench.Action),
        ["AddClippedNoise"] = bench => bench.device.AddClippedNoise(bench.Action, NoiseStream.TargetSmoothing, 0.2f, 0.5f, bench.Action),
        ["TanhBackward"] = bench => bench.device.TanhBackward(bench.ActionGradient, bench.Action, bench.ActionGradient),
        ["AdvanceNoise"] = bench => bench.device.AdvanceNoise(),
        ["SacTarget"] = bench => bench.device.SacTarget(bench.Reward, bench.Discount, bench.Q, bench.LogPi, bench.Alpha, bench.Target),
        ["Td3Target"] = bench => bench.device.Td3Target(bench.Reward, bench.Discount, bench.Q, bench.Target),
        ["CriticLoss"] = bench => bench.device.CriticLoss(bench.Q, bench.Target, bench.QGradient, bench.Report),
        ["SacPolicyLoss"] = bench => bench.device.SacPolicyLoss(bench.Q, bench.LogPi, bench.Alpha, bench.QGradient, bench.Report),
        ["Td3PolicyLoss"] = bench => bench.device.Td3PolicyLoss(bench.Q, bench.QGradient, bench.Report),
        ["Adam"] = bench => bench.device.Adam(bench.parameters, bench.gradients, bench.optimizer, Adam, null, 0),
        ["AdamAndPolyak"] = bench => bench.device.Adam(bench.parameters, bench.gradients, bench.optimizer, Adam, bench.target, 0.005f),
        ["Copy"] = bench => bench.device.Copy(bench.parameters, bench.target),
        ["ClipGradientNorm"] = bench => bench.device.ClipGradientNorm(bench.gradients, 1, bench.Report, ReportSlot.CriticGradientNorm),
        ["EntropyCoefficientStep"] = bench =>
            bench.device.EntropyCoefficientStep(bench.LogPi, -Actions, Adam, bench.AlphaState, bench.Alpha, bench.Report),
    };

    private readonly IKernelDevice device;
    private readonly Action<OpBench> op;
    private readonly TensorBlock tensors;
    private readonly TensorBlock parameters;
    private readonly TensorBlock gradients;
    private readonly TensorBlock target;
    private readonly AdamState optimizer;

    public OpBench(InstructionSet set, string op)
    {
        this.op = Ops[op];
        device = CpuDevices.Create(set, threads: 1);
        tensors = device.Allocate(
            "op",
            new("x", 2, Batch, Features), new("w", 2, Features, Features), new("b", 2, 1, Features), new("y", 2, Batch, Features),
            new("head_w", 2, 1, Features), new("head_b", 2, 1, 1), new("q", 2, 1, Batch), new("q_gradient", 2, 1, Batch),
            new("gain", 2, 1, Features), new("gain_gradient", 2, 1, Features), new("normalized", 2, Batch, Features), new("rstd", 2, 1, Batch),
            new("observation", 1, Batch, Observations), new("mean", 1, 1, Observations), new("scale", 1, 1, Observations),
            new("joined", 1, Batch, Observations + Actions),
            new("output", 1, Batch, 2 * Actions), new("output_gradient", 1, Batch, 2 * Actions), new("noise", 1, Batch, Actions),
            new("action", 1, Batch, Actions),
            new("action_gradient", 1, Batch, Actions), new("log_pi", 1, 1, Batch), new("alpha", 1, 1, 1), new("alpha_state", 1, 1, 5),
            new("reward", 1, 1, Batch), new("discount", 1, 1, Batch), new("target", 1, 1, Batch), new("report", 1, 1, ReportSlot.Count),
            new("step", 1, 1, 1),
            new("schedule", 1, 1, 1));
        TensorShape[] critic =
        [
            new("0.weight", 2, Observations + Actions, Features), new("0.bias", 2, 1, Features), new("1.weight", 2, Features, Features),
            new("1.bias", 2, 1, Features),
            new("2.weight", 2, 1, Features), new("2.bias", 2, 1, 1),
        ];
        parameters = device.Allocate("parameters", critic);
        gradients = device.Allocate("gradients", critic);
        target = device.Allocate("target", critic);
        optimizer = new AdamState(device.Allocate("first", critic), device.Allocate("second", critic), tensors[28], tensors[29]);
        var random = new Random(1);
        // The step is a count, which begins at 0.
        foreach (Tensor tensor in tensors.Tensors.Where(tensor => tensor.Name != "step").Concat(parameters.Tensors).Concat(gradients.Tensors))
        {
            float[] values = new float[tensor.Shape.Elements];
            BenchmarkSizes.Fill(random, values);
            device.Upload(values, tensor);
        }
    }

    /// <summary>What <see cref="OpBench(InstructionSet, string)"/> takes.</summary>
    public static IEnumerable<string> Names => Ops.Keys;

    private Tensor X => tensors[0];

    private Tensor W => tensors[1];

    private Tensor B => tensors[2];

    private Tensor Y => tensors[3];

    private Tensor HeadW => tensors[4];

    private Tensor HeadB => tensors[5];

    private Tensor Q => tensors[6];

    private Tensor QGradient => tensors[7];

    private Tensor Gain => tensors[8];

    private Tensor GainGradient => tensors[9];

    private Tensor Normalized => tensors[10];

    private Tensor Rstd => tensors[11];

    private Tensor Observation => tensors[12];

    private Tensor Mean => tensors[13];

    private Tensor Scale => tensors[14];

    private Tensor Joined => tensors[15];

    private Tensor Output => tensors[16];

    private Tensor OutputGradient => tensors[17];

    private Tensor Noise => tensors[18];

    private Tensor Action => tensors[19];

    private Tensor ActionGradient => tensors[20];

    private Tensor LogPi => tensors[21];

    private Tensor Alpha => tensors[22];

    private Tensor AlphaState => tensors[23];

    private Tensor Reward => tensors[24];

    private Tensor Discount => tensors[25];

    private Tensor Target => tensors[26];

    private Tensor Report => tensors[27];

    public void Run() => op(this);

    public void Dispose() => device.Dispose();
}
