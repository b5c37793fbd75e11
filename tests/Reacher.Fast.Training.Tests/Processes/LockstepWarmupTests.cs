using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Reporting;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>The random transitions that lock-step training begins with are all different: each segment makes its own.</summary>
public sealed class LockstepWarmupTests
{
    private const int Agents = 2;
    private const int Rows = 4 * LockstepTraining.SegmentSteps * Agents;

    [Test]
    public void No_random_transition_is_made_twice()
    {
        using var folder = new TemporaryFolder();
        var files = new RunFolder(folder["run"], Plan.Behavior);
        using (var training = new LockstepTraining(files, Plan, new RunReporter(new SilentView()), resume: false))
        {
            Assert.That(training.Run(), Is.EqualTo(ExitCodes.Done));
        }

        using ReplayFile replay = ReplayFile.Open(files.Replay);
        TransitionSpec spec = replay.Spec;
        byte[] slots = new byte[Rows * spec.StrideBytes];
        using var rows = new ReplayRows(replay);
        Assert.That(rows.Copy(rows.First, Rows, slots), Is.EqualTo(Rows));
        IEnumerable<string> transitions = Enumerable.Range(0, Rows).Select(
            row => Convert.ToHexString(slots.AsSpan((row * spec.StrideBytes) + TransitionSpec.RowHeaderBytes, spec.PayloadBytes)));
        Assert.That(transitions.Distinct().Count(), Is.EqualTo(Rows));
    }

    private static RunPlan Plan => new()
    {
        RunId = "test",
        Behavior = "Reacher",
        Seed = 7,
        Environment = new EnvironmentOptions { Name = EnvironmentOptions.Arm, Agents = Agents },
        AgentCount = Agents,
        ObservationSize = 33,
        ActionSize = 4,
        Learner = new SacOptions { Seed = 7, HiddenSizes = [8], BatchSize = 4 },
        NStep = 1,
        Gamma = 0.99f,
        BufferSize = 2 * Rows,
        WarmupTransitions = Rows,
        TransitionsPerUpdate = 1,
        TransitionLimit = Rows,
        PublishInterval = 1,
        EvaluationEpisodes = 1,
        FinalEvaluation = false,
        Threshold = null,
        Device = "cpu",
        LearnerThreads = 1,
    };
}
