using System.Text.Json;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Reporting;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>Training in lock-step repeats, and goes on after an interruption, to the bit.</summary>
[NonParallelizable]
public sealed class LockstepTests
{
    private const long SegmentRows = LockstepTraining.SegmentSteps * 4L;
    private string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(folder, recursive: true);

    [TestCase(true)]
    [TestCase(false)]
    public void The_same_seed_gives_the_same_weights_to_the_bit(bool sac)
    {
        float[] first = Train("a", Plan(sac, segments: 3)), second = Train("b", Plan(sac, segments: 3));
        Assert.That(second, Is.EqualTo(first));
        Assert.That(Train("c", Plan(sac, segments: 3) with { Seed = 8 }), Is.Not.EqualTo(first));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(4)]
    public void A_run_that_was_interrupted_goes_on_as_if_it_had_not_been(int cut)
    {
        float[] whole = Train("whole", Plan(sac: true, segments: 5));
        Train("cut", Plan(sac: true, segments: cut));
        Assert.That(Train("cut", Plan(sac: true, segments: 5), resume: true), Is.EqualTo(whole));
    }

    [Test]
    public void A_resumed_run_may_save_checkpoints_less_often_and_its_ring_is_enough()
    {
        RunPlan seldom = Plan(sac: true, segments: 6) with { CheckpointInterval = long.MaxValue };
        float[] whole = Train("whole", seldom);
        Train("cut", Plan(sac: true, segments: 1));
        var cut = new RunFolder(Path.Combine(folder, "cut"), "Reacher");
        ResumedMaps.RequireFit(cut, seldom);
        Assert.That(Train("cut", seldom, resume: true), Is.EqualTo(whole));
        Assert.That(Capacity("cut"), Is.EqualTo(4 * SegmentRows));
        Assert.That(Capacity("whole") - seldom.BufferSize, Is.GreaterThan(SegmentRows).And.LessThanOrEqualTo(100_000));

        long Capacity(string id)
        {
            using ReplayFile replay = ReplayFile.Open(new RunFolder(Path.Combine(folder, id), "Reacher").Replay);
            return replay.Capacity;
        }
    }

    [TestCase("4", "300", "8008")]
    // Segments go on to the end of an episode, here of 1,501 decisions, with a checkpoint after each.
    [TestCase("1", "6000", "1")]
    public void A_run_killed_in_mid_segment_goes_on_from_its_checkpoint_as_if_it_had_not_been(string agents, string maximumStep, string interval)
    {
        string[] run =
        [
            "--in-process", "--num-agents", agents, "--buffer-size", "9000", "--steps-per-update", "20", "--checkpoint-interval", interval,
            "--summary-freq", "500", "--max-step", maximumStep,
        ];
        string[] end = ["--max-steps", "40000"];
        using (RunnerProcess whole = RunnerProcess.Train(folder, "whole", [.. run, .. end]))
        {
            Assert.That(whole.WaitForExit(), Is.Zero, whole.Errors);
        }

        for (int kill = 0; kill < 2; kill++)
        {
            using RunnerProcess killed = RunnerProcess.Train(folder, "killed", [.. run, .. end, .. kill == 0 ? Array.Empty<string>() : ["--resume"]]);
            using ControlBlock control = RunnerProcess.Control(folder, "killed");
            // Past the evaluation of a segment after which no checkpoint is saved.
            long goal = 14_000 + (16_000 * kill);
            RunnerProcess.WaitUntil(() => control.TotalTransitions > goal, "the run is under way");
            killed.Signal("KILL");
            killed.WaitForExit();
        }

        using RunnerProcess resumed = RunnerProcess.Train(folder, "killed", [.. run, .. end, "--resume"]);
        Assert.That(resumed.WaitForExit(), Is.Zero, resumed.Errors);
        Assert.That(Checkpoint("killed"), Is.EqualTo(Checkpoint("whole")));
        AssertRecordsAreThoseOf("whole", "killed");
    }

    // What was done again is recorded once. Progress lines come every so many transitions since the run began or went on, so their steps differ.
    private void AssertRecordsAreThoseOf(string whole, string resumed)
    {
        RunFolder first = new(Path.Combine(folder, whole), "Reacher"), second = new(Path.Combine(folder, resumed), "Reacher");
        Assert.That(EpisodesOf(second), Is.EqualTo(EpisodesOf(first)).And.Not.Empty);
        Assert.That(MetricsFile.Read(second.Metrics).Select(line => line.Transitions), Is.Ordered);
        byte[] returns = File.ReadAllBytes(RunFolder.ReturnsIn(first.Logs, 0));
        Assert.That(File.ReadAllBytes(RunFolder.ReturnsIn(second.Logs, 0)), Is.EqualTo(returns).And.Not.Empty);
        foreach (string tag in new[] { "Evaluation/Score", "Environment/Episode Length" })
        {
            Assert.That(Curve(second, tag), Is.EqualTo(Curve(first, tag)).And.Not.Empty, tag);
        }

        Assert.That(Curve(second, "Losses/Q1 Loss").Select(point => point.Step), Is.Ordered);

        static (MetricsKind, long, double?, long?)[] EpisodesOf(RunFolder run) =>
        [
            .. MetricsFile.Read(run.Metrics).Where(line => line.Kind is MetricsKind.Evaluation or MetricsKind.Training)
                .Select(line => (line.Kind, line.Transitions, line.Score, line.Episode)),
        ];

        static (long Step, double Value)[] Curve(RunFolder run, string tag) =>
            [.. Events.Shown(run.BehaviorFolder).Where(point => point.Tag == tag).Select(point => (point.Step, point.Value))];
    }

    [Test]
    public void A_solved_run_cools_down_and_ends_by_itself_also_when_interrupted_meanwhile()
    {
        RunPlan solvedAtOnce = Plan(sac: true, segments: 100) with { Threshold = 0, CooldownTransitions = 3 * SegmentRows };
        float[] whole = Train("whole", solvedAtOnce);
        using (ControlBlock control = ControlBlock.Open(new RunFolder(Path.Combine(folder, "whole"), "Reacher").Control))
        {
            Assert.That(control.StopReason, Is.EqualTo(StopReason.Solved));
            Assert.That(control.CooldownStart, Is.EqualTo(SegmentRows));
            Assert.That(control.TotalTransitions, Is.EqualTo(4 * SegmentRows));
            Assert.That(Cooldown.LearningRateScale(solvedAtOnce, control), Is.Zero);
        }

        Assert.That(Train("constant", solvedAtOnce with { Threshold = 41, TransitionLimit = 4 * SegmentRows }), Is.Not.EqualTo(whole));
        Train("cut", solvedAtOnce with { TransitionLimit = 2 * SegmentRows });
        Assert.That(Train("cut", solvedAtOnce, resume: true), Is.EqualTo(whole));
    }

    [Test]
    public void A_checkpoint_says_what_wrote_it_with_which_options_and_where_replay_and_limiter_stood()
    {
        RunPlan plan = Plan(sac: true, segments: 2);
        Train("a", plan);
        IDictionary<string, string> said = Safetensors.Read(Path.Combine(folder, "a", "Reacher", CheckpointStore.LatestName)).Metadata;
        using ControlBlock control = ControlBlock.Open(new RunFolder(Path.Combine(folder, "a"), "Reacher").Control);
        Assert.That(said["version"], Does.Match(@"^\d+\.\d+\.\d+"));
        Assert.That(JsonSerializer.Deserialize<RunPlan>(said["plan"], JsonStyle.Line)!.Learner.HiddenSizes, Is.EqualTo(plan.Learner.HiddenSizes));
        Assert.That(said["transitions"], Is.EqualTo($"{2 * SegmentRows}"));
        Assert.That(long.Parse(said["replay.written_rows"]), Is.InRange(2 * SegmentRows - (4 * plan.NStep), 2 * SegmentRows));
        Assert.That(said["limiter.base_transitions"], Is.EqualTo($"{control.Limiter.BaseTransitions}"));
        Assert.That(said["limiter.base_updates"], Is.EqualTo("0"));
    }

    private Dictionary<string, byte[]> Checkpoint(string id) =>
        Safetensors.Read(Path.Combine(folder, id, "Reacher", CheckpointStore.LatestName)).Tensors.ToDictionary(
            tensor => tensor.Name, tensor => tensor.Data.ToArray());

    // The ring is smaller than the run is long, so that rows are overwritten, and what was overwritten after a checkpoint must not have
    // been drawn before.
    private static RunPlan Plan(bool sac, int segments) => new()
    {
        RunId = "test",
        Behavior = "Reacher",
        Seed = 7,
        Environment = new EnvironmentOptions { Name = EnvironmentOptions.Arm, Agents = 4, MaxSteps = 4000 },
        AgentCount = 4,
        ObservationSize = 33,
        ActionSize = 4,
        Learner = sac
            ? PaperOptions.Sac with { Seed = 7, HiddenSizes = [16, 16], BatchSize = 16, NormalizeObservations = true, PolicyAveraging = 0.02f }
            : PaperOptions.Td3 with { Seed = 7, HiddenSizes = [16, 16], BatchSize = 16, ExplorationNoise = 0.1f },
        NStep = 3,
        Gamma = 0.99f,
        WarmupHold = 1,
        BufferSize = 2 * SegmentRows,
        WarmupTransitions = 500,
        TransitionsPerUpdate = 20,
        TransitionLimit = segments * SegmentRows,
        CheckpointInterval = 1,
        Threshold = 30,
        EvaluationWindow = 2,
        Device = "auto",
        LearnerThreads = 1,
    };

    private float[] Train(string name, RunPlan plan, bool resume = false)
    {
        var reporter = new RunReporter(new SilentView());
        using var training = new LockstepTraining(new RunFolder(Path.Combine(folder, name), "Reacher"), plan, reporter, resume);
        training.Run();
        // What is trained and, for SAC, its average, which comes from the checkpoint as well.
        float[] blocks = new float[plan.PublishedLength];
        training.Learner.CopyActingPolicy(blocks.AsSpan(0, plan.PolicySpec.BlockLength));
        training.Learner.CopyPolicy(blocks.AsSpan(plan.PolicySpec.BlockLength));
        return blocks;
    }
}
