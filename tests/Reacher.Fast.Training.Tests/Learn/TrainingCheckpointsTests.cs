using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Tests.Learn;

/// <summary>Which checkpoints a run begins with, and which it refuses.</summary>
public sealed class TrainingCheckpointsTests
{
    [Test]
    public void A_run_begins_with_another_ones_networks_and_its_own_counters()
    {
        using var folder = new TemporaryFolder();
        RunPlan plan = Plan();
        StateDictionary saved = State(plan, updates: 3);
        Safetensors.Write(saved, folder["checkpoint"]);

        StateDictionary beginning = TrainingCheckpoints.ReadInitial(folder["checkpoint"], plan with { Seed = 9 });

        Assert.That(beginning.GetFloats("actor.0.weight", 8, 5).ToArray(), Is.EqualTo(saved.GetFloats("actor.0.weight", 8, 5).ToArray()));
        Assert.That(beginning.GetFloats("optimizer.actor.step", 1).ToArray(), Is.EqualTo(new[] { 3f }));
        Assert.That(beginning.GetInt64("learner.updates"), Is.Zero);
        Assert.That(beginning.GetUInt64("noise.seed"), Is.EqualTo(9));
        Assert.That(beginning.Contains("sampler.s0"), Is.False);
    }

    [TestCase("sizes", "actor.2.weight")]
    [TestCase("algorithm", "'sac' learner where 'td3'")]
    [TestCase("layer norm", "critic1.")]
    [TestCase("averaging", "target_actor.0.weight")]
    [TestCase("normaliser", "normalizer")]
    public void One_of_another_kind_is_one_sentence_that_names_file_and_tensor(string difference, string named)
    {
        using var folder = new TemporaryFolder();
        RunPlan plan = Plan();
        Safetensors.Write(State(plan, updates: 1), folder["checkpoint"]);
        RunPlan other = difference switch
        {
            "sizes" => plan with { Learner = plan.Learner with { HiddenSizes = [8, 7] } },
            "algorithm" => plan with { Learner = PaperOptions.Td3 with { HiddenSizes = [8, 6], BatchSize = 4, PolicyDelay = 1 } },
            "layer norm" => plan with { Learner = plan.Learner with { LayerNormCritics = true } },
            "averaging" => plan with { Learner = plan.Learner with { PolicyAveraging = 0 } },
            _ => plan with { Learner = plan.Learner with { NormalizeObservations = true } },
        };

        var error = Assert.Throws<InputException>(() => TrainingCheckpoints.ReadInitial(folder["checkpoint"], other));

        Assert.That(error!.Message, Does.StartWith($"'{folder["checkpoint"]}' does not fit the run: ").And.Contain(named).And.EndWith("."));
        Assert.That(error.Message, Does.Not.Contain("\n"));
    }

    [Test]
    public void One_with_a_tensor_that_nobody_knows_is_refused()
    {
        using var folder = new TemporaryFolder();
        RunPlan plan = Plan();
        StateDictionary state = State(plan, updates: 1);
        state.Add("actor.6.weight", [1f], 1);
        Safetensors.Write(state, folder["checkpoint"]);
        Assert.That(() => TrainingCheckpoints.ReadInitial(folder["checkpoint"], plan), Throws.TypeOf<InputException>()
            .With.Message.Contains("'actor.6.weight'"));
    }

    [Test]
    public void A_policy_alone_is_refused()
    {
        using var folder = new TemporaryFolder();
        RunPlan plan = Plan();
        PolicyFile.Write(plan.PolicySpec, new float[plan.PolicySpec.BlockLength], folder["policy"]);
        Assert.That(() => TrainingCheckpoints.ReadInitial(folder["policy"], plan), Throws.TypeOf<InputException>()
            .With.Message.Contains("a policy alone"));
    }

    private static RunPlan Plan() => new()
    {
        RunId = "test",
        Behavior = "Reacher",
        Seed = 7,
        Environment = new EnvironmentOptions { Name = EnvironmentOptions.Arm },
        AgentCount = 1,
        ObservationSize = 5,
        ActionSize = 2,
        Learner = PaperOptions.Sac with { Seed = 7, HiddenSizes = [8, 6], BatchSize = 4, PolicyAveraging = 0.1f },
        NStep = 1,
        Gamma = 0.99f,
        BufferSize = 100,
        WarmupTransitions = 0,
        TransitionsPerUpdate = 1,
        Device = "cpu",
        LearnerThreads = 1,
    };

    private static StateDictionary State(RunPlan plan, int updates)
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        using ILearner learner = LearnerFactory.Create(plan.Learner, plan.TransitionSpec, device);
        using var batch = new Core.Batch.BatchBuffer(plan.TransitionSpec, plan.Learner.BatchSize);
        for (int i = 0; i < updates; i++)
        {
            learner.Update(batch.View);
        }

        var state = new StateDictionary();
        learner.SaveState(state);
        for (int word = 0; word < 4; word++)
        {
            state.Add($"sampler.s{word}", 1UL);
        }

        return state;
    }
}
