using CommunityToolkit.HighPerformance;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Export.Onnx;

namespace Reacher.Fast.Onnx.Tests.Play;

/// <summary>What is made of an ONNX model that somebody else exported.</summary>
public sealed class OnnxPolicyTests
{
    private const double Tolerance = 1e-5;

    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void It_acts_as_the_policy_that_was_exported()
    {
        using OnnxPolicy policy = OnnxPolicy.Open(ForeignModels.Write(folder));
        Assert.That((policy.ObservationSize, policy.ActionSize, policy.OutputName), Is.EqualTo((33, 4, "deterministic_continuous_actions")));
        Assert.That(policy.Sensors.Select(sensor => (sensor.Name, sensor.Size)), Is.EqualTo(new[] { ("obs_0", 2), ("obs_1", 28), ("obs_2", 3) }));
        Assert.That(policy.Sensors[1].Shape, Is.EqualTo(new[] { 4, 7 }));
        // Another number of agents than the time before, and again the first.
        foreach (int count in new[] { 20, 1, 256, 20 })
        {
            AssertActsAsOurs(policy, count);
        }
    }

    [Test]
    public void Rows_may_lie_apart()
    {
        const int Count = 3, Gap = 5;
        using OnnxPolicy policy = OnnxPolicy.Open(ForeignModels.Write(folder));
        float[] observations = Observations(Count);
        float[,] apart = new float[Count, 33 + Gap], actions = new float[Count, 4 + Gap];
        for (int row = 0; row < Count; row++)
        {
            observations.AsSpan(row * 33, 33).CopyTo(apart.GetRowSpan(row)[Gap..]);
            actions.GetRowSpan(row).Fill(7);
        }

        policy.Act(((Span2D<float>)apart).Slice(0, Gap, Count, 33), ((Span2D<float>)actions).Slice(0, 0, Count, 4));

        float[] expected = Ours(observations, Count);
        for (int row = 0; row < Count; row++)
        {
            Assert.That(actions.GetRowSpan(row)[..4].ToArray(), Is.EqualTo(expected[(row * 4)..((row + 1) * 4)]).Within(Tolerance));
            Assert.That(actions.GetRowSpan(row)[4..].ToArray(), Is.All.EqualTo(7f), "what lies beside the actions is left alone");
        }
    }

    [Test]
    public void Matrices_of_other_sizes_are_refused()
    {
        using OnnxPolicy policy = OnnxPolicy.Open(ForeignModels.Write(folder));
        Assert.That(() => policy.Act(new float[32], new float[4]), Throws.ArgumentException);
        Assert.That(() => policy.Act(new float[33], new float[5]), Throws.ArgumentException);
        Assert.That(() => policy.Act(new float[66], new float[4]), Throws.ArgumentException);
        Assert.That(() => policy.Act(new float[2, 33], new float[1, 4]), Throws.ArgumentException);
        Assert.That(() => policy.Act(new float[1, 34], new float[1, 4]), Throws.ArgumentException);
    }

    /// <summary>
    /// PyTorch's exporter writes one of several equal constants, so published models declare outputs that nothing computes. ONNX Runtime alone
    /// takes no such model.
    /// </summary>
    [Test]
    public void Outputs_that_nothing_computes_do_not_matter()
    {
        string path = ForeignModels.Write(folder, graph => graph.Node.Remove(graph.Node.Single(node => node.Output.Contains("memory_size"))));
        Assert.That(() => new InferenceSession(path), Throws.TypeOf<OnnxRuntimeException>().With.Message.Contains("memory_size"));
        using OnnxPolicy policy = OnnxPolicy.Open(path);
        AssertActsAsOurs(policy, 20);
    }

    [Test]
    public void Inputs_that_the_actions_do_not_depend_on_do_not_matter()
    {
        string path = ForeignModels.Write(folder, graph =>
        {
            ForeignModels.AddInput(graph, "recurrent_in");
            ForeignModels.Rename(graph, "deterministic_continuous_actions", "of_the_memory");
            graph.Node.Add(new NodeProto { OpType = "Tanh", Input = { "actor.mean.linear" }, Output = { "deterministic_continuous_actions" } });
            graph.Output.Single(output => output.Name == "of_the_memory").Name = "deterministic_continuous_actions";
        });
        using OnnxPolicy policy = OnnxPolicy.Open(path);
        AssertActsAsOurs(policy, 20);
    }

    [Test]
    public void A_sensor_that_the_policy_ignores_is_still_part_of_the_observation()
    {
        var spec = new PolicySpec(PolicyKind.Deterministic, 2, 4, [8], normalizeObservations: false);
        float[] weights = Policies.RandomBlock(spec, 3);
        string path = ForeignModels.Write(folder, spec, weights, graph =>
        {
            ForeignModels.Rename(graph, "obs_0", "obs_1");
            ValueInfoProto ignored = graph.Input[0].Clone();
            ignored.Name = "obs_0";
            graph.Input.Insert(0, ignored);
        });
        using OnnxPolicy policy = OnnxPolicy.Open(path);
        Assert.That(policy.ObservationSize, Is.EqualTo(4));
        float[] some = new float[4], same = new float[4], other = new float[4];
        policy.Act([9, 9, 1, 2], some);
        policy.Act([5, 6, 1, 2], same);
        policy.Act([9, 9, 1, 3], other);
        Assert.That(same, Is.EqualTo(some));
        Assert.That(other, Is.Not.EqualTo(some));
    }

    [Test]
    public void The_vector_of_models_of_1_x_is_understood()
    {
        string path = ForeignModels.WriteVector(folder, graph => ForeignModels.Rename(graph, "obs_0", "vector_observation"));
        using OnnxPolicy policy = OnnxPolicy.Open(path);
        AssertActsAsOurs(policy, 20);
    }

    [Test]
    public void Sampled_actions_are_played_where_there_are_no_others()
    {
        using OnnxPolicy policy = OnnxPolicy.Open(
            ForeignModels.Write(folder, graph => ForeignModels.RemoveOutput(graph, "deterministic_continuous_actions")));
        Assert.That(policy.OutputName, Is.EqualTo("continuous_actions"));
        float[] first = new float[80], second = new float[80];
        policy.Act(Observations(20), first);
        policy.Act(Observations(20), second);
        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(first, Is.All.InRange(-1f, 1f));
    }

    [Test]
    public void A_model_that_was_exported_for_one_agent_plays_for_many([Values] bool declared)
    {
        string path = ForeignModels.WriteVector(folder, graph =>
        {
            if (declared)
            {
                ForeignModels.ShapeOf(graph, "obs_0").Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 1 };
                return;
            }

            // What PyTorch makes of a view of fixed sizes: it runs for one agent and fails for two.
            graph.Initializer.Add(new TensorProto { Name = "sizes", DataType = 7, Dims = { 2 }, RawData = Int64s(1, 33) });
            foreach (NodeProto node in graph.Node)
            {
                for (int i = 0; i < node.Input.Count; i++)
                {
                    node.Input[i] = node.Input[i] == "obs_0" ? "view" : node.Input[i];
                }
            }

            graph.Node.Insert(0, new NodeProto { OpType = "Reshape", Input = { "obs_0", "sizes" }, Output = { "view" } });
        });
        using OnnxPolicy policy = OnnxPolicy.Open(path);
        AssertActsAsOurs(policy, 20);
    }

    [Test]
    public void Outputs_that_declare_one_agent_play_for_many()
    {
        using OnnxPolicy policy = OnnxPolicy.Open(ForeignModels.Write(folder, graph =>
            ForeignModels.ShapeOf(graph, "deterministic_continuous_actions").Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 1 }));
        AssertActsAsOurs(policy, 20);
    }

    [Test]
    public void To_act_again_allocates_next_to_nothing()
    {
        using OnnxPolicy policy = OnnxPolicy.Open(ForeignModels.Write(folder));
        float[] observations = Observations(20), actions = new float[80];
        long allocated = Allocations.Least(100, () => policy.Act(observations, actions));
        Assert.That(allocated, Is.LessThanOrEqualTo(100 * 512), "ONNX Runtime's own arrays of handles");
    }

    private static void AssertActsAsOurs(OnnxPolicy policy, int count)
    {
        float[] observations = Observations(count), actions = new float[count * policy.ActionSize];
        policy.Act(observations, actions);
        Assert.That(actions, Is.EqualTo(Ours(observations, count)).Within(Tolerance));
    }

    private static float[] Observations(int count) => Policies.Observations(ForeignModels.Spec, count, 2);

    private static float[] Ours(float[] observations, int count)
    {
        using var device = new ScalarKernelDevice();
        var policy = new Policy(ForeignModels.Spec, device);
        policy.Load(ForeignModels.Weights);
        float[] actions = new float[count * 4];
        policy.ActDeterministic(observations, count, actions);
        return actions;
    }

    private static ByteString Int64s(params long[] values) =>
        ByteString.CopyFrom([.. values.SelectMany(BitConverter.GetBytes)]);
}
