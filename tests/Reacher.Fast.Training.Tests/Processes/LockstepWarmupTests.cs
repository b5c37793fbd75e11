using Reacher.Fast.Core.Batch;
using Reacher.Fast.Environments.Pendulum;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Env;
using Reacher.Fast.Training.Tests.Reporting;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>The random transitions that lock-step training begins with are all different: each segment makes its own.</summary>
public sealed class LockstepWarmupTests
{
    private const int Rows = 4 * LockstepTraining.SegmentSteps * LoopFolder.Agents;

    [Test]
    public void No_random_transition_is_made_twice()
    {
        using var run = new LoopFolder();
        using var pendulum = new PendulumEnvironment(LoopFolder.Agents);
        RunPlan plan = run.Plan with { ActionSize = 1, BufferSize = 2 * Rows, WarmupTransitions = Rows, TransitionLimit = Rows };
        var files = new RunFolder(run["run"], plan.Behavior);
        using (var training = new LockstepTraining(files, plan, new RunReporter(new SilentView()), resume: false, pendulum))
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
}
