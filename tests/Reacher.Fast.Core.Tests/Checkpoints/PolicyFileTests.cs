using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Tests.Checkpoints;

public sealed class PolicyFileTests
{
    [Test]
    public void A_policy_comes_back_to_the_bit([Values] PolicyKind kind, [Values] bool normalize)
    {
        using var folder = new TemporaryFolder();
        var spec = new PolicySpec(kind, 5, 2, [7, 3], normalize);
        float[] block = [.. Enumerable.Range(0, spec.BlockLength).Select(i => MathF.Sin(i))];
        PolicyFile.Write(spec, block, folder["actor.safetensors"]);

        PolicySpec read = PolicyFile.Read(folder["actor.safetensors"], out float[] readBlock);

        Assert.That(read, Is.EqualTo(spec));
        Assert.That(readBlock, Is.EqualTo(block));
    }

    [Test]
    public void A_checkpoint_holds_the_policy_its_learner_publishes([Values] bool sac, [Values] bool normalize)
    {
        using var device = new ScalarKernelDevice();
        LearnerOptions options = sac ? PaperOptions.Sac with { Seed = 3 } : PaperOptions.Td3 with { Seed = 3 };
        var spec = new TransitionSpec(5, 2);
        using ILearner learner = LearnerFactory.Create(
            options with { BatchSize = 4, HiddenSizes = [8, 6], NormalizeObservations = normalize }, spec, device);
        using var batch = new BatchBuffer(spec, 4);
        for (int i = 0; i < batch.Observations.Length; i++)
        {
            batch.Observations[i] = batch.NextObservations[i] = MathF.Sin(i) * 3;
        }

        learner.Update(batch.View);
        var state = new StateDictionary();
        learner.SaveState(state);
        float[] published = new float[learner.Policy.BlockLength];
        learner.CopyPolicy(published);

        PolicySpec read = PolicyFile.FromState(States.FromBytes(States.ToBytes(state)), "checkpoint", out float[] block);

        Assert.That(read, Is.EqualTo(learner.Policy));
        Assert.That(block, Is.EqualTo(published));
    }

    [Test]
    public void The_sensors_come_back_and_those_of_other_sizes_are_one_sentence()
    {
        var spec = new PolicySpec(PolicyKind.Deterministic, 5, 2, [7], false) { Observations = new ObservationLayout([[1], [2, 2]]) };
        StateDictionary state = PolicyFile.ToState(spec, new float[spec.BlockLength]);
        Assert.That(PolicyFile.FromState(States.FromBytes(States.ToBytes(state)), "f", out _), Is.EqualTo(spec));
        Assert.That(() => spec with { Observations = new ObservationLayout([[4]]) }, Throws.ArgumentException);

        state.Metadata[PolicyFile.SensorsKey] = "1;2x3";
        Assert.That(() => PolicyFile.FromState(state, "f", out _), Throws.TypeOf<InputException>().With.Message.Contains("'1;2x3', which is not 5"));
        state.Metadata[PolicyFile.SensorsKey] = "\u001b[2J";
        Assert.That(
            () => PolicyFile.FromState(state, "f", out _),
            Throws.TypeOf<InputException>().With.Message.Contains("'\\x1b[2J', which is not 5"));
    }

    [Test]
    public void Matrices_are_out_by_in_as_PyTorch_has_them()
    {
        var spec = new PolicySpec(PolicyKind.Deterministic, 3, 2, [], false);
        StateDictionary state = PolicyFile.ToState(spec, [1, 2, 3, 4, 5, 6, 7, 8]);

        Assert.That(state.GetFloats("actor.0.weight", 2, 3).ToArray(), Is.EqualTo(new float[] { 1, 3, 5, 2, 4, 6 }));
        Assert.That(state.GetFloats("actor.0.bias", 2).ToArray(), Is.EqualTo(new float[] { 7, 8 }));
    }

    [Test]
    public void What_holds_no_policy_is_one_sentence()
    {
        var none = new StateDictionary();
        Assert.That(() => PolicyFile.FromState(none, "f", out _), Throws.TypeOf<InputException>().With.Message.Contains("holds no policy"));

        StateDictionary noKind = PolicyFile.ToState(new PolicySpec(PolicyKind.Deterministic, 3, 2, [], false), new float[8]);
        noKind.Metadata.Remove(PolicyFile.KindKey);
        Assert.That(() => PolicyFile.FromState(noKind, "f", out _), Throws.TypeOf<InputException>().With.Message.Contains(PolicyFile.KindKey));

        StateDictionary odd = PolicyFile.ToState(new PolicySpec(PolicyKind.Deterministic, 3, 3, [], false), new float[12]);
        odd.Metadata[PolicyFile.KindKey] = PolicyFile.Gaussian;
        Assert.That(() => PolicyFile.FromState(odd, "f", out _), Throws.TypeOf<InputException>().With.Message.Contains("3 outputs"));

        StateDictionary infinite = PolicyFile.ToState(new PolicySpec(PolicyKind.Deterministic, 1, 1, [], false), [float.NaN, 0]);
        Assert.That(() => PolicyFile.FromState(infinite, "f", out _), Throws.TypeOf<InputException>().With.Message.Contains("NaN"));
    }

    [Test]
    public void Layers_that_do_not_fit_each_other_are_one_sentence()
    {
        StateDictionary state = PolicyFile.ToState(new PolicySpec(PolicyKind.Deterministic, 3, 2, [], false), new float[8]);
        state.Add("actor.2.weight", new float[8], 2, 4);
        state.Add("actor.2.bias", new float[2], 2);
        Assert.That(() => PolicyFile.FromState(state, "f", out _), Throws.TypeOf<InputException>().With.Message.Contains("actor.2.weight"));
    }

    [TestCase("mystery")]
    [TestCase("actor.1.weight")]
    [TestCase("actor.2.running_mean")]
    public void A_tensor_that_nobody_knows_is_one_sentence(string tensor)
    {
        StateDictionary state = PolicyFile.ToState(new PolicySpec(PolicyKind.Deterministic, 3, 2, [], false), new float[8]);
        state.Add(tensor, new float[2], 2);
        Assert.That(() => PolicyFile.FromState(state, "f", out _), Throws.TypeOf<InputException>().With.Message.StartsWith("'f'")
            .And.Message.Contains($"'{tensor}'"));
    }

    [Test]
    public void A_missing_folder_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        Assert.That(
            () => PolicyFile.Write(new PolicySpec(PolicyKind.Deterministic, 1, 1, [], false), [1, 2], folder["none/a.safetensors"]),
            Throws.TypeOf<InputException>().With.Message.Contains("cannot be written")
                .And.Message.Contains($"the folder '{folder["none"]}' does not exist"));
    }
}
