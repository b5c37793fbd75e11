using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>
/// Runs every op on a reference and on a device under test, on the same fresh random inputs, outputs full of NaN before, and
/// reports the relative error of everything written: |out - reference| / |reference| in the L2 norm, infinite for NaN.
/// </summary>
internal sealed class KernelAgreement(IKernelDevice reference, IKernelDevice device, int seed)
{
    private readonly Random random = new(seed);
    private int blocks;

    /// <summary>Ops whose arithmetic the precision of matrix products changes.</summary>
    public static bool IsProduct(string op) => op.StartsWith("Linear", StringComparison.Ordinal);

    /// <summary>
    /// The largest error that an op may have: <paramref name="products"/> for matrix products, 1e-5 for the rest. With a handful
    /// of results their sum of squares can be small by cancellation alone, so those few get thirty times as much. Behind a tanh an error
    /// stays what it was where the sum is near 0, while the result it is compared with has shrunk from the sum's size, about ten here,
    /// to at most 1: three times as much.
    /// </summary>
    public static double Limit(string op, double products, int batch, int outputs) =>
        (IsProduct(op) ? products : 1e-5) * (op.EndsWith("Tanh", StringComparison.Ordinal) ? 3 : 1) * (batch * outputs < 64 ? 30 : 1);

    /// <summary>Every op once, at these sizes.</summary>
    public IReadOnlyList<(string Op, double Error)> All(int batch, int inputs, int outputs)
    {
        List<(string, double)> errors = [];
        foreach (int inputHeads in (int[])[1, 2])
        {
            foreach (Activation activation in Enum.GetValues<Activation>())
            {
                errors.Add(($"Linear x{inputHeads} {activation}", Linear(batch, inputs, outputs, inputHeads, activation)));
            }

            errors.Add(($"LinearBackwardWeights x{inputHeads}", LinearBackwardWeights(batch, inputs, outputs, inputHeads)));
        }

        errors.Add(("LinearBackwardInput", LinearBackwardInput(batch, inputs, outputs, 2, 0, inputs, gated: false)));
        errors.Add(("LinearBackwardInput gated", LinearBackwardInput(batch, inputs, outputs, 2, 0, inputs, gated: true)));
        errors.Add(("LinearBackwardInput summed", LinearBackwardInput(batch, inputs, outputs, 1, inputs / 3, inputs - (inputs / 3), gated: false)));
        errors.Add(("ValueHead", ValueHead(batch, inputs)));
        errors.Add(("ValueHeadBackward", ValueHeadBackward(batch, inputs, gated: false, weights: true)));
        errors.Add(("ValueHeadBackward gated", ValueHeadBackward(batch, inputs, gated: true, weights: false)));
        errors.Add(("LayerNorm", LayerNorm(batch, inputs)));
        errors.Add(("LayerNormBackward", LayerNormBackward(batch, inputs, parameters: true)));
        errors.Add(("LayerNormBackward input only", LayerNormBackward(batch, inputs, parameters: false)));
        errors.Add(("Concatenate", Concatenate(batch, inputs, outputs)));
        errors.Add(("Normalize", Normalize(batch, inputs)));
        errors.Add(("SquashedGaussian", SquashedGaussian(batch, outputs)));
        errors.Add(("SquashedGaussianBackward", SquashedGaussianBackward(batch, outputs)));
        errors.Add(("SquashedGaussianMode", SquashedGaussianMode(batch, outputs)));
        errors.Add(("AddClippedNoise", AddClippedNoise(batch, outputs)));
        errors.Add(("TanhBackward", TanhBackward(batch, outputs)));
        errors.Add(("SacTarget", SacTarget(batch)));
        errors.Add(("Td3Target", Td3Target(batch)));
        errors.Add(("CriticLoss", CriticLoss(batch)));
        errors.Add(("SacPolicyLoss", SacPolicyLoss(batch)));
        errors.Add(("Td3PolicyLoss", Td3PolicyLoss(batch)));
        errors.Add(("Adam", Adam(inputs, outputs, withTarget: true)));
        errors.Add(("Adam without target", Adam(inputs, outputs, withTarget: false)));
        errors.Add(("ClipGradientNorm", ClipGradientNorm(inputs, outputs, 0.5f)));
        errors.Add(("ClipGradientNorm measuring", ClipGradientNorm(inputs, outputs, float.PositiveInfinity)));
        errors.Add(("EntropyCoefficientStep", EntropyCoefficientStep(batch)));
        errors.Add(("Copy", Copy(inputs, outputs)));
        return errors;
    }

    /// <summary>Seed and counter of the noise, the same on both.</summary>
    public void SetNoise(ulong noiseSeed, ulong counter)
    {
        (reference.NoiseSeed, device.NoiseSeed) = (noiseSeed, noiseSeed);
        (reference.UpdateCounter, device.UpdateCounter) = (counter, counter);
    }

    private double Linear(int batch, int inputs, int outputs, int inputHeads, Activation activation)
    {
        Pair x = In(inputHeads, batch, inputs), w = In(2, inputs, outputs), b = In(2, 1, outputs), y = Out(2, batch, outputs);
        Run(d => d.Device.Linear(d[x], d[w], d[b], d[y], activation));
        return Error(y);
    }

    private double LinearBackwardInput(int batch, int inputs, int outputs, int heads, int first, int count, bool gated)
    {
        Pair dy = In(2, batch, outputs), w = In(2, inputs, outputs), dx = Out(heads, batch, count), gate = In(2, batch, inputs);
        Run(d => d.Device.LinearBackwardInput(d[dy], d[w], d[dx], gated ? d[gate] : null, first));
        return Error(dx);
    }

    private double LinearBackwardWeights(int batch, int inputs, int outputs, int inputHeads)
    {
        Pair x = In(inputHeads, batch, inputs), dy = In(2, batch, outputs), dw = Out(2, inputs, outputs), db = Out(2, 1, outputs);
        Run(d => d.Device.LinearBackwardWeights(d[x], d[dy], d[dw], d[db]));
        return Error(dw, db);
    }

    private double ValueHead(int batch, int inputs)
    {
        Pair x = In(2, batch, inputs), w = In(2, 1, inputs), b = In(2, 1, 1), q = Out(2, 1, batch);
        Run(d => d.Device.ValueHead(d[x], d[w], d[b], d[q]));
        return Error(q);
    }

    private double ValueHeadBackward(int batch, int inputs, bool gated, bool weights)
    {
        Pair dq = In(2, 1, batch), x = In(2, batch, inputs), w = In(2, 1, inputs), dx = Out(2, batch, inputs);
        Pair gate = In(2, batch, inputs), dw = Out(2, 1, inputs), dc = Out(2, 1, 1);
        Run(d => d.Device.ValueHeadBackward(
            d[dq], d[x], d[w], d[dx], gated ? d[gate] : null, weights ? d[dw] : null, weights ? d[dc] : null));
        return weights ? Error(dx, dw, dc) : Error(dx);
    }

    private double LayerNorm(int batch, int features)
    {
        Pair x = In(2, batch, features), gain = In(2, 1, features), shift = In(2, 1, features);
        Pair normalized = Out(2, batch, features), reciprocal = Out(2, 1, batch), y = Out(2, batch, features);
        Run(d => d.Device.LayerNorm(d[x], d[gain], d[shift], d[normalized], d[reciprocal], d[y], Activation.ReLU));
        return Error(normalized, reciprocal, y);
    }

    private double LayerNormBackward(int batch, int features, bool parameters)
    {
        Pair dy = In(2, batch, features), gain = In(2, 1, features), normalized = In(2, batch, features), reciprocal = In(2, 1, batch);
        Pair gainGradient = Out(2, 1, features), shiftGradient = Out(2, 1, features);

        // In place, which the contract allows.
        Run(d => d.Device.LayerNormBackward(
            d[dy], d[gain], d[normalized], d[reciprocal], d[dy], parameters ? d[gainGradient] : null, parameters ? d[shiftGradient] : null));
        return parameters ? Error(dy, gainGradient, shiftGradient) : Error(dy);
    }

    private double Concatenate(int batch, int left, int right)
    {
        Pair a = In(1, batch, left), b = In(1, batch, right), y = Out(1, batch, left + right);
        Run(d => d.Device.Concatenate(d[a], d[b], d[y]));
        return Error(y);
    }

    private double Normalize(int batch, int columns)
    {
        Pair x = In(1, batch, columns), mean = In(1, 1, columns), scale = In(1, 1, columns);
        Run(d => d.Device.Normalize(d[x], d[mean], d[scale], 1.5f, d[x]));
        return Error(x);
    }

    private double SquashedGaussian(int batch, int actions)
    {
        Pair output = In(1, batch, 2 * actions, 2), noise = Out(1, batch, actions), action = Out(1, batch, actions), logPi = Out(1, 1, batch);
        Run(d => d.Device.SquashedGaussian(d[output], NoiseStream.PolicyAction, d[noise], d[action], d[logPi]));
        return Error(noise, action, logPi);
    }

    private double SquashedGaussianBackward(int batch, int actions)
    {
        Pair output = In(1, batch, 2 * actions, 2), noise = Out(1, batch, actions), action = Out(1, batch, actions), logPi = Out(1, 1, batch);
        Pair actionGradient = In(1, batch, actions), alpha = In(1, 1, 1), gradient = Out(1, batch, 2 * actions);
        Run(d => d.Device.SquashedGaussian(d[output], NoiseStream.PolicyAction, d[noise], d[action], d[logPi]));
        Run(d => d.Device.SquashedGaussianBackward(d[output], d[noise], d[action], d[actionGradient], d[alpha], d[gradient]));
        return Error(gradient);
    }

    private double SquashedGaussianMode(int batch, int actions)
    {
        Pair output = In(1, batch, 2 * actions, 3), action = Out(1, batch, actions);
        Run(d => d.Device.SquashedGaussianMode(d[output], d[action]));
        return Error(action);
    }

    private double AddClippedNoise(int batch, int actions)
    {
        Pair mean = In(1, batch, actions);
        Run(d => d.Device.AddClippedNoise(d[mean], NoiseStream.TargetSmoothing, 0.4f, 0.5f, d[mean]));
        return Error(mean);
    }

    private double TanhBackward(int batch, int columns)
    {
        Pair dy = In(2, batch, columns), y = In(2, batch, columns);
        Run(d => d.Device.TanhBackward(d[dy], d[y], d[dy]));
        return Error(dy);
    }

    private double SacTarget(int batch)
    {
        Pair r = In(1, 1, batch), discount = In(1, 1, batch), q = In(2, 1, batch), logPi = In(1, 1, batch), alpha = In(1, 1, 1), y = Out(1, 1, batch);
        Run(d => d.Device.SacTarget(d[r], d[discount], d[q], d[logPi], d[alpha], d[y]));
        return Error(y);
    }

    private double Td3Target(int batch)
    {
        Pair r = In(1, 1, batch), discount = In(1, 1, batch), q = In(2, 1, batch), y = Out(1, 1, batch);
        Run(d => d.Device.Td3Target(d[r], d[discount], d[q], d[y]));
        return Error(y);
    }

    private double CriticLoss(int batch)
    {
        Pair q = In(2, 1, batch, 1, 3), y = In(1, 1, batch, 1, 2), dq = Out(2, 1, batch), report = In(1, 1, ReportSlot.Count);
        Run(d => d.Device.CriticLoss(d[q], d[y], d[dq], d[report]));
        return Error(dq, report);
    }

    private double SacPolicyLoss(int batch)
    {
        Pair q = In(2, 1, batch, 1, 3), logPi = In(1, 1, batch, 1, -2), alpha = In(1, 1, 1), dq = Out(2, 1, batch),
        report = In(1, 1, ReportSlot.Count);
        Run(d => d.Device.SacPolicyLoss(d[q], d[logPi], d[alpha], d[dq], d[report]));
        return Error(dq, report);
    }

    private double Td3PolicyLoss(int batch)
    {
        Pair q = In(2, 1, batch, 1, 3), dq = Out(2, 1, batch), report = In(1, 1, ReportSlot.Count);
        Run(d => d.Device.Td3PolicyLoss(d[q], d[dq], d[report]));
        return Error(dq, report);
    }

    private double Adam(int rows, int columns, bool withTarget)
    {
        Blocks parameters = Block(rows, columns), gradients = Block(rows, columns), first = Block(rows, columns), second = Block(rows, columns);
        Blocks target = Block(rows, columns);
        Pair step = In(1, 1, 1), schedule = In(1, 1, 1);
        Set(second, static value => value * value); // second moments are not negative
        Fill(step, static () => 2);
        var options = new AdamOptions(0.1);
        for (int i = 0; i < 3; i++)
        {
            Run(d => d.Device.Adam(
                d[parameters], d[gradients], new AdamState(d[first], d[second], d[step], d[schedule]), options, withTarget ? d[target] : null, 0.1f));
        }

        return Math.Max(Error(parameters, first, second, target), Error(step));
    }

    private double ClipGradientNorm(int rows, int columns, float maximum)
    {
        Blocks gradients = Block(rows, columns);
        Pair report = In(1, 1, ReportSlot.Count);
        Run(d => d.Device.ClipGradientNorm(d[gradients], maximum, d[report], ReportSlot.PolicyGradientNorm));
        return Math.Max(Error(gradients), Error(report));
    }

    private double EntropyCoefficientStep(int batch)
    {
        Pair logPi = In(1, 1, batch, 1, -2), state = In(1, 1, 5), alpha = Out(1, 1, 1), report = In(1, 1, ReportSlot.Count);
        float[] start = [-0.7f, MathF.Exp(-0.7f), 0.01f, 0.002f, 4];
        reference.Upload(start, state.Reference);
        device.Upload(start, state.Tested);
        Run(d => d.Device.EntropyCoefficientStep(d[logPi], -4, new AdamOptions(0.01), d[state], d[alpha], d[report]));
        return Error(state, alpha, report);
    }

    private double Copy(int rows, int columns)
    {
        Blocks source = Block(rows, columns), destination = Block(rows, columns);
        Run(d => d.Device.Copy(d[source], d[destination]));
        return Error(destination);
    }

    private void Run(Action<Side> op)
    {
        op(new Side(reference, IsReference: true));
        op(new Side(device, IsReference: false));
    }

    /// <summary>A tensor of normal numbers, the same on both devices.</summary>
    private Pair In(int heads, int rows, int columns, float scale = 1, float offset = 0)
    {
        Pair pair = Allocate(heads, rows, columns);
        Fill(pair, () => offset + (scale * Normal()));
        return pair;
    }

    /// <summary>A tensor full of NaN: an element that an op does not write is seen.</summary>
    private Pair Out(int heads, int rows, int columns)
    {
        Pair pair = Allocate(heads, rows, columns);
        Fill(pair, static () => float.NaN);
        return pair;
    }

    private Pair Allocate(int heads, int rows, int columns)
    {
        Blocks block = new(
            reference.Allocate($"r{blocks}", new TensorShape("t", heads, rows, columns)),
            device.Allocate($"d{blocks++}", new TensorShape("t", heads, rows, columns)));
        return block[0];
    }

    /// <summary>Three tensors of random numbers with something odd between them.</summary>
    private Blocks Block(int rows, int columns)
    {
        TensorShape[] shapes = [new("a", 2, rows, columns), new("b", 2, 1, columns), new("c", 1, rows, 1)];
        Blocks block = new(reference.Allocate($"r{blocks}", shapes), device.Allocate($"d{blocks++}", shapes));
        for (int i = 0; i < shapes.Length; i++)
        {
            Fill(block[i], Normal);
        }

        return block;
    }

    private void Set(Blocks block, Func<float, float> function)
    {
        for (int i = 0; i < block.Reference.Tensors.Count; i++)
        {
            float[] values = Values(reference, block[i].Reference);
            int at = 0;
            Fill(block[i], () => function(values[at++]));
        }
    }

    private void Fill(Pair pair, Func<float> next)
    {
        float[] values = new float[pair.Reference.Shape.Elements];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = next();
        }

        reference.Upload(values, pair.Reference);
        device.Upload(values, pair.Tested);
    }

    private double Error(params Blocks[] written) =>
        written.Max(block => Error([.. Enumerable.Range(0, block.Reference.Tensors.Count).Select(i => block[i])]));

    private double Error(params Pair[] written) => written.Max(pair =>
    {
        float[] expected = Values(reference, pair.Reference), actual = Values(device, pair.Tested);
        double difference = 0, size = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow((double)expected[i] - actual[i], 2);
            size += Math.Pow(expected[i], 2);
        }

        double error = Math.Sqrt(difference) / Math.Max(Math.Sqrt(size), 1e-30);
        return difference == 0 ? 0 : double.IsNaN(error) ? double.PositiveInfinity : error;
    });

    private static float[] Values(IKernelDevice from, Tensor tensor)
    {
        float[] values = new float[tensor.Shape.Elements];
        from.Download(tensor, values);
        return values;
    }

    private float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private sealed record Pair(Tensor Reference, Tensor Tested);

    private sealed record Blocks(TensorBlock Reference, TensorBlock Tested)
    {
        public Pair this[int index] => new(Reference[index], Tested[index]);
    }

    private sealed record Side(IKernelDevice Device, bool IsReference)
    {
        public Tensor this[Pair pair] => IsReference ? pair.Reference : pair.Tested;

        public TensorBlock this[Blocks block] => IsReference ? block.Reference : block.Tested;
    }
}
