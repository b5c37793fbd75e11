using Reacher.Fast.Core;
using Reacher.Fast.Training.Export.Onnx;

namespace Reacher.Fast.Onnx.Tests.Play;

/// <summary>What cannot be played is refused in one sentence that says why.</summary>
public sealed class RefusalTests
{
    private static readonly Dictionary<string, (Action<GraphProto> Change, string Reason)> Models = new()
    {
        ["discrete"] = (
            graph => ForeignModels.Rename(graph, "continuous_actions", "discrete_actions"),
            "its actions are discrete (it has the output 'discrete_actions')"),
        ["masked"] = (graph => ForeignModels.AddInput(graph, "action_masks"), "its actions are discrete (it has the input 'action_masks')"),
        ["recurrent"] = (graph => ForeignModels.AddInput(graph, "recurrent_in"), "it is recurrent (it has the input 'recurrent_in')"),
        ["camera of 1.x"] = (
            graph => ForeignModels.AddInput(graph, "visual_observation_0"), "it sees pictures (it has the input 'visual_observation_0')"),
        ["camera"] = (
            graph => ForeignModels.ShapeOf(graph, "obs_1").Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 1 }),
            "it sees pictures (its input 'obs_1' has 3 dimensions)"),
        ["another input"] = (graph => ForeignModels.AddInput(graph, "previous"), "it has an input 'previous', which no sensor gives"),
        ["an input that a terminal would obey"] = (
            graph => ForeignModels.AddInput(graph, "\u001b[2J" + new string('x', 100)), $"it has an input '\\x1b[2J{new string('x', 56)}...', which"),
        ["no first sensor"] = (graph => ForeignModels.Rename(graph, "obs_0", "obs_3"), "it has 3 sensors, and no input 'obs_0' among them"),
        ["vectors of 1.x beside others"] = (
            graph => ForeignModels.Rename(graph, "obs_2", "vector_observation"), "it has other sensors beside 'vector_observation'"),
        ["no actions"] = (
            graph =>
            {
                ForeignModels.RemoveOutput(graph, "continuous_actions");
                ForeignModels.RemoveOutput(graph, "deterministic_continuous_actions");
            },
            "it has no output 'deterministic_continuous_actions' or 'continuous_actions', so it is no ML-Agents policy"),
        ["no sensors"] = (
            graph =>
            {
                graph.Node.Single(node => node.Output.Contains("deterministic_continuous_actions")).Input[0] = "actor.mean.bias";
                graph.Input.Clear();
            },
            "its actions do not depend on any observation"),
        ["integers"] = (
            graph =>
            {
                ForeignModels.Rename(graph, "obs_2", "cast");
                ValueInfoProto input = graph.Input.Single(declared => declared.Name == "cast");
                (input.Name, input.Type.TensorType.ElemType) = ("obs_2", 7);
                var toFloat = new AttributeProto { Name = "to", I = 1, Type = AttributeProto.Types.AttributeType.Int };
                graph.Node.Insert(0, new NodeProto { OpType = "Cast", Input = { "obs_2" }, Output = { "cast" }, Attribute = { toFloat } });
            },
            "its input 'obs_2' does not take float32 numbers"),
        ["no size"] = (
            graph => ForeignModels.ShapeOf(graph, "obs_2").Dim[1] = new TensorShapeProto.Types.Dimension { DimParam = "n" },
            "it does not say how large its input 'obs_2' is"),
        ["another operator"] = (graph => graph.Node.Single(node => node.OpType == "Concat").OpType = "Conjure", "ONNX Runtime refuses it ("),
        ["actions in a row"] = (
            graph => graph.Node.Single(node => node.Output.Contains("deterministic_continuous_actions")).Input[0] = "actor.mean.bias",
            "its output 'deterministic_continuous_actions' is not a row of actions for each agent"),
    };

    private TemporaryFolder folder = null!;

    private static IEnumerable<string> Names => Models.Keys;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [TestCaseSource(nameof(Names))]
    public void A_model_that_cannot_be_played_is_refused(string name) =>
        AssertRefused(ForeignModels.Write(folder, Models[name].Change), "cannot be played: " + Models[name].Reason);

    [Test]
    public void So_is_a_file_that_is_no_model()
    {
        string path = ForeignModels.Write(folder);
        byte[] bytes = File.ReadAllBytes(path);
        foreach (int length in new[] { 1, 10, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            AssertRefused(path, "cannot be played: it is not an ONNX model");
        }

        File.WriteAllBytes(path, []);
        AssertRefused(path, "cannot be played: it holds no graph");
        File.WriteAllText(path, "not a model");
        AssertRefused(path, "cannot be played: it is not an ONNX model");
        AssertRefused(folder["none.onnx"], "There is no file");
        AssertRefused(folder.Path, "cannot be read");
    }

    [Test]
    [Platform("Linux", Reason = "a device that never ends")]
    public void A_device_is_not_read_to_its_end() => AssertRefused("/dev/zero", "cannot be played: it holds no graph");

    [Test]
    public void A_file_that_is_far_too_large_is_not_read()
    {
        string path = folder["huge.onnx"];
        using (FileStream file = File.Create(path))
        {
            file.SetLength(1L << 40);
        }

        AssertRefused(path, "is larger than 256 MiB");
    }

    /// <summary>Any damage is a sentence or a policy, never another exception; most of it is noticed by nobody but ONNX Runtime.</summary>
    [Test]
    public void Damaged_models_end_in_a_sentence()
    {
        string path = ForeignModels.Write(folder);
        byte[] bytes = File.ReadAllBytes(path);
        var random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 100; i++)
        {
            byte[] damaged = [.. bytes];
            for (int k = 0; k <= i % 3; k++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, damaged);
            try
            {
                using OnnxPolicy policy = OnnxPolicy.Open(path);
                policy.Act(new float[policy.ObservationSize], new float[policy.ActionSize]);
            }
            catch (InputException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.InRange(5, 95));
    }

    [Test]
    public void Actions_that_are_no_numbers_stop_the_play()
    {
        float[] weights = [.. ForeignModels.Weights];
        weights[^8] = float.NaN;
        using OnnxPolicy policy = OnnxPolicy.Open(ForeignModels.Write(folder, ForeignModels.Spec, weights));
        InputException error = Assert.Throws<InputException>(() => policy.Act(new float[66], new float[8]))!;
        Assert.That(error.Message, Does.Contain("cannot be played on: action 0 of agent 0 is NaN"));
    }

    private static void AssertRefused(string path, string reason)
    {
        InputException error = Assert.Throws<InputException>(() => OnnxPolicy.Open(path).Dispose())!;
        Assert.That(error.Message, Does.Contain(path).And.Contain(reason).And.EndWith("."));
        Assert.That(error.Message.Any(char.IsControl), Is.False, error.Message);
    }
}
