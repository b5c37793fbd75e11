using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Core.Tests.Learner;
using Reacher.Fast.Environments.Pendulum;
using Reacher.Fast.Torch.Learner;
using Reacher.Fast.Torch.Networks;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Tests.Networks;

/// <summary>Networks of a program's own learn, act wherever the run acts, and are refused in a sentence where they do not fit.</summary>
[NonParallelizable]
public sealed class OwnNetworksTests
{
    private static readonly TransitionSpec Spec = new(5, 2);
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void What_the_learner_learns_is_what_acts()
    {
        var options = new TorchSacOptions
        {
            BatchSize = 8, Policy = spec => new WidePolicy(spec), Critic = spec => new ResidualCritic(spec), PolicyAveraging = 0,
        };
        using var learner = new TorchLearner(options, Spec, TorchDevice.Create("torch", threads: 1));
        using BatchBuffer batch = Batches.Random(Spec, 8, 1);
        learner.Update(batch.View);
        float[] block = new float[learner.Policy.BlockLength];
        learner.CopyPolicy(block);
        Assert.That(block, Has.Length.EqualTo((5 * 32) + 32 + (2 * ((32 * 2) + 2))));

        using var policy = Policy.Create(learner.Policy, Core.Devices.KernelDevices.Create("scalar", 1), batchSize: 3);
        policy.Load(block);
        float[] actions = new float[16];
        policy.Act(batch.Observations, actions);
        var state = new StateDictionary();
        learner.SaveState(state);
        float[] expected = Expected(state, batch);
        for (int i = 0; i < actions.Length; i++)
        {
            Assert.That(actions[i], Is.EqualTo(expected[i]).Within(1e-6), $"{i}");
        }
    }

    [Test]
    public async Task A_run_in_this_program_trains_goes_on_and_plays()
    {
        var learner = new TorchSacOptions
        {
            BatchSize = 16, Policy = spec => new WidePolicy(spec), Critic = spec => new ResidualCritic(spec),
        };
        var said = new List<string>();
        var options = new TrainingOptions
        {
            ResultsFolder = folder.Path, RunId = "own", MaxTransitions = 1600, TransitionsPerUpdate = 8, WarmupTransitions = 200, Threads = 1,
            BufferSize = 5000, EvaluationWindow = 2, Seed = 3, Log = said.Add,
        };
        using IVectorEnvironment environment = new PendulumEnvironment(8);
        TrainingResult first = await Trainer.TrainAsync(environment, learner, options);
        Assert.That(first.Updates, Is.GreaterThan(100));
        Assert.That(said, Has.Some.Contains("leaves no ONNX model").And.Some.Contains("WidePolicy"));
        TrainingResult second = await Trainer.TrainAsync(environment, learner, options with { MaxTransitions = 4800, Resume = true });
        Assert.That(second.Updates, Is.GreaterThan(first.Updates));
        using Policy policy = second.LoadPolicy();
        float[] action = new float[1];
        policy.Act([1, 0, 0], action);
        Assert.That(action[0], Is.InRange(-1f, 1f).And.Not.Zero);
    }

    [Test]
    public async Task On_another_device_they_are_refused()
    {
        using IVectorEnvironment environment = new PendulumEnvironment(2);
        InputException? refused = await Assert.ThrowsAsync<InputException>(() => Trainer.TrainAsync(
            environment, new TorchSacOptions { Critic = spec => new ResidualCritic(spec) },
            new TrainingOptions { ResultsFolder = folder.Path, Device = "cpu", MaxTransitions = 100 }));
        Assert.That(refused!.Message, Does.Contain("are the program's own, and the device 'cpu' has only this project's; choose torch"));
    }

    [Test]
    public void A_run_of_several_processes_has_them_in_each_and_no_other_program_plays_its_policy()
    {
        string[] train =
        [
            "train", "--env", "pendulum", "--results-dir", folder.Path, "--run-id", "own", "--seed", "7", "--batch-size", "16", "--buffer-size",
            "20000", "--buffer-init-steps", "200", "--threads", "1", "--steps-per-update", "8", "--device", "torch", "--max-steps", "2400",
        ];
        (int code, string said, string errors) = TestProgram.End(TestProgram.StartWithNetworks(train));
        Assert.That(code, Is.Zero, errors);
        string[] eval = ["eval", "own", "--results-dir", folder.Path, "--episodes", "1"];
        (code, said, errors) = TestProgram.End(TestProgram.StartWithNetworks(eval));
        Assert.That(code, Is.Zero, errors);
        (code, said, errors) = TestProgram.End(TestProgram.Start(eval));
        Assert.That(code, Is.EqualTo(2), said);
        Assert.That(errors, Does.Contain("is a network of the class 'Reacher.Fast.Torch.Tests.Networks.WidePolicy', which this program has not"));
        (code, said, errors) = TestProgram.End(TestProgram.Start([.. train, "--resume"]));
        Assert.That(code, Is.EqualTo(2), said);
        (code, said, errors) = TestProgram.End(TestProgram.StartWithNetworks("export", "own", "--results-dir", folder.Path, "-o", folder["x.onnx"]));
        Assert.That(code, Is.EqualTo(2), said);
        Assert.That(errors, Does.Contain("ONNX export covers this project's alone (linear layers with ReLU between)"));
    }

    [Test]
    public void A_process_that_only_acts_takes_one_thread() =>
        Assert.That(TestProgram.End(TestProgram.Start("act", "3")), Is.EqualTo((0, "1, beside a learner 3", "")));

    [Test]
    public void A_wrong_shape_is_a_sentence()
    {
        Assert.That(Refusal(_ => new FaultyPolicy(5, 3), null), Is.EqualTo(
            "The policy FaultyPolicy gives [2, 3], and [2, 4] (2 means and 2 raw log sigmas each) is needed for 2 observations of 5 numbers; make " +
            "its last layer fit."));
        Assert.That(
            Refusal(_ => new FaultyPolicy(6, 4), null), Does.StartWith("The policy FaultyPolicy cannot compute (").And.EndsWith("fit those sizes."));
        Assert.That(Refusal(null, _ => new FaultyCritic(7, 2)), Does.Contain("gives [2, 2], and [2, 1] (one value each) is needed"));
    }

    [Test]
    public void A_module_that_is_not_registered_or_not_used_is_a_sentence()
    {
        Assert.That(Refusal(_ => new FaultyPolicy(5, 4, registers: false), null), Does.Contain(
            "has a Linear in its field 'layer' that is not registered, so it would not be trained; call RegisterComponents() last"));
        Assert.That(Refusal(_ => new FaultyPolicy(5, 4, hasList: true), null), Does.Contain("in its field 'more' that is not registered"));
        Assert.That(Refusal(null, _ => new FaultyCritic(7, 1)), Does.Contain("does not use its parameter 'forgotten.weight'"));
    }

    private static string Refusal(
        Func<TransitionSpec, torch.nn.Module<Tensor, Tensor>>? policy, Func<TransitionSpec, torch.nn.Module<Tensor, Tensor, Tensor>>? critic)
    {
        var options = new TorchSacOptions { BatchSize = 8, Policy = policy, Critic = critic };
        string message = Assert.Throws<InputException>(() => new TorchBackend().Create(options, Spec, "torch", 1).Dispose())!.Message;
        Assert.That(message, Does.Not.Contain("\n"));
        return message;
    }

    private static float[] Expected(StateDictionary state, BatchBuffer batch)
    {
        using var policy = new WidePolicy(Spec);
        foreach ((string key, Tensor tensor) in policy.state_dict())
        {
            TensorCodec.Stage(tensor, "actor." + key, state)();
        }

        using Tensor observations = torch.tensor(batch.Observations.ToArray()).reshape(8, 5);
        return TensorCodec.Read(policy.call(observations).narrow(1, 0, 2).tanh());
    }
}
