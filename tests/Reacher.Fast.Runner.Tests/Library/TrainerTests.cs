using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Environments.Pendulum;
using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Runner.Tests.Library;

/// <summary>Training as a call: all that a run leaves, a policy that plays, the same weights for the same seed, and an end on request.</summary>
public sealed class TrainerTests
{
    private static readonly SacOptions Small = new() { HiddenUnits = 16, BatchSize = 16 };

    [Test]
    public async Task A_run_leaves_its_artefacts_and_a_policy_that_plays()
    {
        using var folder = new TemporaryFolder();
        var shown = new List<TrainingProgress>();
        TrainingResult result = await Train(folder, "a", progress: new Direct(shown.Add));
        Assert.That((result.Outcome, result.Transitions, result.RunId), Is.EqualTo((TrainingOutcome.Finished, 4000, "a")));
        Assert.That(result.Updates, Is.EqualTo(900).Within(1));
        Assert.That(result.FinalScore, Is.InRange(-2000, 0));
        Assert.That(shown, Is.Not.Empty);
        Assert.That(
            new[] { "Swing.onnx", "summary.json", "metrics.jsonl", "evaluations.jsonl", "configuration.yaml" }
                .Where(name => !File.Exists(Path.Combine(result.Folder, name))),
            Is.Empty);
        Assert.That(result.OnnxFile, Is.EqualTo(Path.Combine(result.Folder, "Swing.onnx")));

        using Policy policy = result.LoadPolicy(agents: 2);
        float[] actions = new float[2];
        policy.Act([1, 0, 0, -1, 0, 0], actions);
        Assert.That(actions, Has.All.InRange(-1f, 1f));
        Assert.That(actions[0], Is.Not.EqualTo(actions[1]));
        Allocations.AssertNone(20, () => policy.Act([1, 0, 0, -1, 0, 0], actions));
    }

    [Test]
    public async Task A_seed_repeats_a_run_and_a_resumed_run_goes_on()
    {
        using var folder = new TemporaryFolder();
        await Train(folder, "a");
        TrainingResult second = await Train(folder, "b");
        byte[] a = Policy("a"), b = Policy("b");
        Assert.That(b, Is.EqualTo(a));

        TrainingResult more = await Train(folder, "b", options => options with { Resume = true, MaxTransitions = 6000 });
        Assert.That((more.Transitions, more.Updates > second.Updates), Is.EqualTo((6000, true)));

        byte[] Policy(string run) => File.ReadAllBytes(Path.Combine(folder[run], "Swing.onnx"));
    }

    [Test]
    public async Task The_replay_goes_with_a_run_that_has_ended_unless_it_is_to_be_saved([Values] bool saved)
    {
        using var folder = new TemporaryFolder();
        TrainingResult result = await Train(folder, "a", options => options with { SaveReplay = saved });
        Assert.That(File.Exists(Path.Combine(result.Folder, "replay.map")), Is.EqualTo(saved));
    }

    [Test]
    public async Task A_task_of_one_agent_gives_the_run_its_name()
    {
        using var folder = new TemporaryFolder();
        using IVectorEnvironment environment = VectorEnvironment.Of(() => new Balance(), agents: 2);
        var options = new TrainingOptions
        {
            RunId = "a", ResultsFolder = folder.Path, MaxTransitions = 40, WarmupTransitions = 20, BufferSize = 1000, Device = "cpu",
        };
        TrainingResult result = await Trainer.TrainAsync(environment, Small, options);
        Assert.That(Path.GetFileName(result.OnnxFile), Is.EqualTo("Balance.onnx"));
    }

    [Test]
    public async Task A_threshold_ends_the_run_when_it_is_reached()
    {
        using var folder = new TemporaryFolder();
        TrainingResult result = await Train(
            folder, "a", options => options with { Threshold = -5000, EvaluationWindow = 2, MaxTransitions = 100_000 });
        Assert.That(result.Outcome, Is.EqualTo(TrainingOutcome.Solved));
        Assert.That(result.Transitions, Is.LessThan(100_000));
    }

    [Test]
    public async Task A_cancelled_run_returns_and_says_so()
    {
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        TrainingResult result = await Train(
            folder, "a", options => options with { MaxTransitions = 0 }, new Direct(_ => cancellation.Cancel()), cancellation.Token);
        Assert.That((result.Outcome, result.FinalScore), Is.EqualTo((TrainingOutcome.Cancelled, (double?)null)));
        Assert.That(() => result.LoadPolicy(), Throws.InstanceOf<InputException>().With.Message.Contains("no checkpoint yet"));
    }

    [Test]
    public void Options_that_contradict_are_refused_before_anything_is_made()
    {
        using var folder = new TemporaryFolder();
        Assert.That(
            async () => await Train(folder, "a", options => options with { BufferSize = 8 }),
            Throws.InstanceOf<InputException>().With.Message.Contains("batch_size is 16 and buffer_size 8"));
        Assert.That(
            async () => await Train(folder, "a", options => options with { Name = "" }),
            Throws.InstanceOf<InputException>().With.Message.Contains("The task's name"));
        Assert.That(folder.FileNames(), Is.Empty);
        Assert.That(Directory.GetDirectories(folder.Path), Is.Empty);
    }

    [Test]
    public void A_process_of_a_run_whose_arguments_did_not_arrive_starts_no_run_of_its_own()
    {
        var environment = new Dictionary<string, string> { [ChildCommand.RoleVariable] = "1" };
        using RunnerProcess run = RunnerProcess.StartWith(environment, ["train"]);
        Assert.That(run.WaitForExit(), Is.EqualTo(ExitCodes.Usage));
        Assert.That(run.Errors, Does.Contain("hand those of Main on to ReacherFast"));
    }

    private static async Task<TrainingResult> Train(
        TemporaryFolder folder,
        string run,
        Func<TrainingOptions, TrainingOptions>? change = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        using var environment = new PendulumEnvironment(4);
        var options = new TrainingOptions
        {
            Name = "Swing",
            RunId = run,
            ResultsFolder = folder.Path,
            Seed = 3,
            MaxTransitions = 4000,
            WarmupTransitions = 400,
            TransitionsPerUpdate = 4,
            BufferSize = 10_000,
            EvaluationWindow = 2,
            Threads = 1,
            Device = "cpu",
        };
        return await Trainer.TrainAsync(environment, Small, change is null ? options : change(options), progress, cancellation);
    }

    private sealed class Balance : IEnvironment
    {
        public int ObservationSize => 1;

        public int ActionSize => 1;

        public void Reset(ulong seed, Span<float> observation) => observation[0] = 0;

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation)
        {
            observation[0] = action[0];
            return new StepResult(1, Terminated: true, Truncated: false);
        }
    }

    /// <summary>Reports on the thread that trains, so that nothing is still to come when the run has ended.</summary>
    private sealed class Direct(Action<TrainingProgress> handler) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => handler(value);
    }
}
