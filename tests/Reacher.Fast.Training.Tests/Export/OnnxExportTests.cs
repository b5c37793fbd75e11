using System.Runtime.InteropServices;
using Google.Protobuf;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Export;
using Reacher.Fast.Training.Export.Onnx;

namespace Reacher.Fast.Training.Tests.Export;

public sealed class OnnxExportTests
{
    private const int Count = 1000;
    private const double Tolerance = 1e-5;
    private const string Constants = "version_number [3.0]\nmemory_size [0.0]\ncontinuous_action_output_shape [4.0]\n";

    [Test]
    public void It_is_the_policy_to_1e5_by_an_independent_evaluator([Values] PolicyKind kind, [Values] bool normalize)
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
    public void Its_checker_takes_it([Values] PolicyKind kind, [Values] bool normalize)
    {
        using var folder = new TemporaryFolder();
        PolicySpec spec = Spec(kind, normalize);
        OnnxExport.Write(spec, Policies.RandomBlock(spec, 1), folder["policy.onnx"]);

        string printed = Python.Run("onnx", "Export/check_onnx.py", folder["policy.onnx"]);

        Assert.That(printed, Is.EqualTo(
            "inputs [('obs_0', ['batch', 33])]\n" +
            "outputs [('version_number', [1]), ('memory_size', [1]), ('continuous_actions', ['batch', 4]), " +
            "('continuous_action_output_shape', [1]), ('deterministic_continuous_actions', ['batch', 4])]\n"));
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

    // What the independent evaluator makes of the model, held against our own arithmetic.
    private static Differences Compare(ModelProto model, PolicySpec spec, float[] block)
    {
        using var folder = new TemporaryFolder();
        float[] observations = Policies.Observations(spec, Count, 2);
        File.WriteAllBytes(folder["policy.onnx"], model.ToByteArray());
        File.WriteAllBytes(folder["observations.f32"], MemoryMarshal.AsBytes<float>(observations).ToArray());
        string constants = Python.Run(
            "numpy", "Export/evaluate_onnx.py", folder["policy.onnx"], folder["observations.f32"], $"{Count}", folder["results.f32"]);

        float[] results = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(folder["results.f32"])).ToArray();
        int part = Count * spec.ActionSize;
        return new Differences(
            constants,
            Largest(results.AsSpan(0, part), ActDeterministically(spec, block, observations)),
            Largest(results.AsSpan(2 * part, part), Sampled(spec, block, observations, results.AsSpan(part, part))));
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

    private static float[] Sampled(PolicySpec spec, float[] block, float[] observations, ReadOnlySpan<float> noise)
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

    /// <param name="Constants">The constants, as the script printed them.</param>
    /// <param name="Deterministic">Largest difference of an action without noise.</param>
    /// <param name="Sampled">Largest difference of a sampled action, given the noise that was drawn.</param>
    private sealed record Differences(string Constants, double Deterministic, double Sampled);
}
