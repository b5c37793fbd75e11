using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Export;
using Reacher.Fast.Training.Export.Onnx;

namespace Reacher.Fast.Onnx.Tests.Export;

/// <summary>The exported model, run by an independent implementation of ONNX, is the policy.</summary>
public sealed class OnnxExportTests
{
    private const int Count = 1000;
    private const double Tolerance = 1e-5;
    private const string Sampled = "continuous_actions";
    private const string Noise = "noise";
    private const string Constants = "version_number 3, memory_size 0, continuous_action_output_shape 4";

    [Test]
    public void It_is_the_policy_to_1e5_by_an_independent_runtime([Values] PolicyKind kind, [Values] bool normalize)
    {
        PolicySpec spec = Spec(kind, normalize);
        float[] block = Policies.RandomBlock(spec, 1);
        Differences found = Compare(OnnxExport.Build(spec, block), spec, block);
        TestContext.Out.WriteLine(found);
        Assert.That(found.Constants, Is.EqualTo(Constants));
        Assert.That(found.Deterministic, Is.LessThan(Tolerance));
        Assert.That(found.Sampled, Is.LessThan(Tolerance));
    }

    [Test]
    public void It_declares_what_it_takes_and_gives([Values] PolicyKind kind, [Values] bool normalize)
    {
        PolicySpec spec = Spec(kind, normalize);
        using var model = new OnnxRun(OnnxExport.Build(spec, Policies.RandomBlock(spec, 1)));

        Assert.That(model.Inputs, Is.EqualTo(new[] { "obs_0 [batch, 33]" }));
        Assert.That(model.Outputs, Is.EqualTo(new[]
        {
            "version_number [1]", "memory_size [1]", "continuous_actions [batch, 4]", "continuous_action_output_shape [1]",
            "deterministic_continuous_actions [batch, 4]",
        }));
    }

    [Test]
    public void Each_sensor_has_an_input_of_its_shape_and_the_policy_is_the_same([Values] bool normalize)
    {
        PolicySpec spec = Spec(PolicyKind.SquashedGaussian, normalize) with { Observations = new ObservationLayout([[2], [4, 7], [3]]) };
        float[] block = Policies.RandomBlock(spec, 1);
        ModelProto model = OnnxExport.Build(spec, block);
        using (var run = new OnnxRun(model))
        {
            Assert.That(run.Inputs, Is.EqualTo(new[] { "obs_0 [batch, 2]", "obs_1 [batch, 4, 7]", "obs_2 [batch, 3]" }));
        }

        Differences found = Compare(model.Clone(), spec, block);
        Assert.That(found.Constants, Is.EqualTo(Constants));
        Assert.That(Math.Max(found.Deterministic, found.Sampled), Is.LessThan(Tolerance));

        NodeProto joined = model.Graph.Node.Single(node => node.OpType == "Concat");
        (joined.Input[0], joined.Input[2]) = (joined.Input[2], joined.Input[0]);
        Assert.That(Compare(model, spec, block).Deterministic, Is.GreaterThan(100 * Tolerance), "a wrong order is noticed");
    }

    [TestCaseSource(typeof(PlantedMistakes), nameof(PlantedMistakes.All))]
    public void A_planted_mistake_is_caught(object plant)
    {
        PolicySpec spec = Spec(PolicyKind.SquashedGaussian, normalize: true);
        float[] block = Policies.RandomBlock(spec, 1);
        ModelProto model = OnnxExport.Build(spec, block);
        ((Action<GraphProto>)plant)(model.Graph);

        Differences found = Compare(model, spec, block);

        TestContext.Out.WriteLine(found);
        Assert.That(found.Constants != Constants || Math.Max(found.Deterministic, found.Sampled) > 100 * Tolerance, Is.True);
    }

    [Test]
    public void Unity_finds_what_it_looks_for()
    {
        PolicySpec spec = Spec(PolicyKind.SquashedGaussian, normalize: true);
        ModelProto model = OnnxExport.Build(spec, Policies.RandomBlock(spec, 1));

        Assert.That(model.OpsetImport.Single().Version, Is.EqualTo(9));
        foreach (string constant in new[] { "version_number", "memory_size", "continuous_action_output_shape" })
        {
            Assert.That(model.Graph.Node.Single(node => node.Output.Contains(constant)).OpType, Is.EqualTo("Constant"));
        }
    }

    [Test]
    public void A_missing_folder_is_one_sentence_and_a_folder_in_the_files_place_too()
    {
        using var folder = new TemporaryFolder();
        PolicySpec spec = Spec(PolicyKind.Deterministic, normalize: false);
        float[] block = Policies.RandomBlock(spec, 1);
        Assert.That(
            () => OnnxExport.Write(spec, block, folder["none/policy.onnx"]),
            Throws.TypeOf<InputException>().With.Message.Contains("does not exist"));
        Directory.CreateDirectory(folder["policy.onnx"]);
        Assert.That(
            () => OnnxExport.Write(spec, block, folder["policy.onnx"]),
            Throws.TypeOf<InputException>().With.Message.Contains("cannot be written"));
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "policy.onnx" }));
    }

    private static PolicySpec Spec(PolicyKind kind, bool normalize) => new(kind, 33, 4, [64, 48], normalize);

    // What the independent runtime makes of the model, compared with our own arithmetic.
    private static Differences Compare(ModelProto model, PolicySpec spec, float[] block)
    {
        // The noise that a sampled action was made with is an output of this copy, so that the action can be computed again.
        bool isSampled = model.Graph.Node.Any(node => node.Output.Contains(Noise));
        if (isSampled)
        {
            model.Graph.Output.Add(new ValueInfoProto { Name = Noise, Type = model.Graph.Output.Single(output => output.Name == Sampled).Type });
        }

        float[] observations = Policies.Observations(spec, Count, 2);
        using var run = new OnnxRun(model);
        Dictionary<string, float[]> results = run.Evaluate(BySensor(observations, spec.Observations));
        float[] noise = isSampled ? results[Noise] : new float[Count * spec.ActionSize];
        string[] constants = ["version_number", "memory_size", "continuous_action_output_shape"];
        return new Differences(
            string.Join(", ", constants.Select(name => $"{name} {results[name].Single()}")),
            Largest(results["deterministic_continuous_actions"], ActDeterministically(spec, block, observations)),
            Largest(results[Sampled], Resample(spec, block, observations, noise)));
    }

    // What each sensor gave, taken out of the rows of joined observations.
    private static (string Name, float[] Values, int[] Sizes)[] BySensor(float[] observations, ObservationLayout layout)
    {
        var sensors = new List<(string Name, float[] Values, int[] Sizes)>();
        int first = 0;
        foreach (IReadOnlyList<int> shape in layout.Shapes)
        {
            int size = ObservationLayout.SizeOf(shape), from = first;
            float[] values = [.. observations.Where((_, i) => i % layout.Size >= from && i % layout.Size < from + size)];
            sensors.Add(($"obs_{sensors.Count}", values, [.. shape]));
            first += size;
        }

        return [.. sensors];
    }

    private static float[] ActDeterministically(PolicySpec spec, float[] block, float[] observations)
    {
        using var device = new ScalarKernelDevice();
        var policy = new Policy(spec, device);
        policy.Load(block);
        int count = observations.Length / spec.ObservationSize;
        float[] actions = new float[count * spec.ActionSize];
        policy.ActDeterministic(observations, count, actions);
        return actions;
    }

    private static float[] Resample(PolicySpec spec, float[] block, float[] observations, ReadOnlySpan<float> noise)
    {
        int actions = spec.ActionSize;
        float[] sampled = new float[noise.Length];
        for (int row = 0; row < Count; row++)
        {
            double[] outputs = Policies.Outputs(spec, block, observations.AsSpan(row * spec.ObservationSize, spec.ObservationSize));
            for (int a = 0; a < actions; a++)
            {
                double sigma = spec.Kind == PolicyKind.Deterministic ? 0 : Math.Exp(-5 + (3.5 * (Math.Tanh(outputs[actions + a]) + 1)));
                sampled[(row * actions) + a] = (float)Math.Tanh(outputs[a] + (sigma * noise[(row * actions) + a]));
            }
        }

        return sampled;
    }

    private static double Largest(ReadOnlySpan<float> actual, float[] expected)
    {
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(actual[i] - expected[i]));
        }

        return largest;
    }

    /// <param name="Constants">The constants, each with its name.</param>
    /// <param name="Deterministic">Largest difference of an action without noise.</param>
    /// <param name="Sampled">Largest difference of a sampled action, given the noise that was drawn.</param>
    private sealed record Differences(string Constants, double Deterministic, double Sampled);
}
