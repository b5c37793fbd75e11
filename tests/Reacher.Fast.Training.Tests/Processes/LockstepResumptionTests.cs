using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Env;
using Reacher.Fast.Training.Tests.Reporting;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>Which updates a run in lock-step owes where it goes on, also without its replay or with other options, and what ends it.</summary>
public sealed class LockstepResumptionTests
{
    private const int Ratio = 50;
    private const int Warmup = 500;
    // Episodes of 1,001 steps, so that a segment is one.
    private const long Segment = LockstepTraining.SegmentSteps * LoopFolder.Agents;
    private const long UpdatesOfTwo = ((2 * Segment) - Warmup) / Ratio;

    private LoopFolder run = null!;
    private RunPlan plan = null!;
    private RunFolder files = null!;

    [SetUp]
    public void MakeFolder()
    {
        run = new LoopFolder();
        plan = run.Plan with
        {
            BufferSize = 10_000,
            WarmupTransitions = Warmup,
            TransitionsPerUpdate = Ratio,
            TransitionLimit = 2 * Segment,
            Threshold = 1e9,
        };
        files = new RunFolder(run["run"], plan.Behavior);
    }

    [TearDown]
    public void DeleteFolder() => run.Dispose();

    [Test]
    public void A_run_that_goes_on_owes_what_it_would_have_owed()
    {
        Assert.That(Train(plan), Is.EqualTo(UpdatesOfTwo));
        Assert.That(Train(plan with { TransitionLimit = 4 * Segment }, resume: true), Is.EqualTo(((4 * Segment) - Warmup) / Ratio));
    }

    [Test]
    public void A_run_whose_replay_is_gone_warms_up_anew_however_often_it_is_interrupted()
    {
        RunPlan longer = plan with { WarmupTransitions = (long)(1.5 * Segment), TransitionLimit = 5 * Segment };
        Train(plan);
        LoseReplay();
        Assert.That(Train(longer with { TransitionLimit = 3 * Segment }, resume: true), Is.EqualTo(UpdatesOfTwo), "still warming up");
        Assert.That(Train(longer, resume: true), Is.EqualTo(UpdatesOfTwo + ((long)(1.5 * Segment) / Ratio)));
    }

    [Test]
    public void A_run_whose_replay_is_gone_and_that_is_interrupted_before_a_checkpoint_begins_its_rows_anew()
    {
        Train(plan);
        LoseReplay();
        TrainUntil(step: Warmup, plan with { TransitionLimit = 5 * Segment });

        long updates = Train(plan with { TransitionLimit = 3 * Segment }, resume: true);
        Assert.That(updates, Is.EqualTo(UpdatesOfTwo + ((Segment - Warmup) / Ratio)));
        using ReplayFile replay = ReplayFile.Open(files.Replay);
        Assert.That(replay.WrittenRows, Is.EqualTo(Segment));
    }

    [Test]
    public void A_run_that_warms_up_anew_does_so_with_another_ratio_too()
    {
        RunPlan longer = plan with { WarmupTransitions = (long)(1.5 * Segment), TransitionLimit = 3 * Segment };
        Train(plan);
        LoseReplay();
        Train(longer, resume: true);
        long updates = Train(longer with { TransitionsPerUpdate = 10, TransitionLimit = 4 * Segment }, resume: true);
        Assert.That(updates, Is.EqualTo(UpdatesOfTwo + (Segment / 2 / 10)));
    }

    [TestCase(10, Warmup, 2 * Segment / 10)]
    [TestCase(500, Warmup, 2 * Segment / 500)]
    [TestCase(Ratio, 3 * Segment, Segment / Ratio)]
    [TestCase(Ratio, 0, 2 * Segment / Ratio)]
    public void A_run_with_another_ratio_or_warm_up_neither_makes_up_for_the_past_nor_stands_still(int ratio, long warmup, long more)
    {
        RunPlan other = plan with { TransitionsPerUpdate = ratio, WarmupTransitions = warmup };
        Train(plan);
        Train(other with { TransitionLimit = 3 * Segment }, resume: true);
        Assert.That(Train(other with { TransitionLimit = 4 * Segment }, resume: true), Is.EqualTo(UpdatesOfTwo + more));
    }

    [Test]
    public void A_run_that_is_asked_to_stop_among_many_updates_stops()
    {
        const int FirstToOweUpdates = (Warmup / LoopFolder.Agents) + 1;
        long updates = TrainUntil(FirstToOweUpdates, plan with { TransitionsPerUpdate = 1e-5 }, resume: false);
        Assert.That(updates, Is.Zero, "of 200,000 that are owed");
    }

    [TestCase(1001, StopReason.Solved, 1)]
    [TestCase(1500, StopReason.MaximumSteps, 4)]
    public void A_solved_run_goes_on_where_a_higher_threshold_is_not_reached_yet(double threshold, StopReason reason, int segments)
    {
        // Each agent earns 1 a step.
        RunPlan solved = plan with { Threshold = 1000, TransitionLimit = 4 * Segment };
        Train(solved);
        Assert.That(Ended(), Is.EqualTo((StopReason.Solved, Segment)));
        Train(solved with { Threshold = threshold }, resume: true);
        Assert.That(Ended(), Is.EqualTo((reason, segments * Segment)));
        Assert.That(RunSummary.Load(files.Summary)?.Solved, threshold > 1001 ? Is.Null : Is.Not.Null);
    }

    private long Train(RunPlan trained, bool resume = false)
    {
        using var player = new ScriptedEnvironment(LoopFolder.Agents, LockstepTraining.SegmentSteps);
        using var training = new LockstepTraining(files, trained, new RunReporter(new SilentView()), resume, player);
        Assert.That(training.Run(), Is.EqualTo(ExitCodes.Done));
        return training.Learner.Updates;
    }

    private void LoseReplay()
    {
        long rows = LockstepParts.ReplayCapacity(plan, hasPlayer: true);
        ReplayFile.Create(files.Replay, plan.TransitionSpec, rows, new ReplayOptions { Overwrite = true }).Dispose();
    }

    private long TrainUntil(int step, RunPlan trained, bool resume = true)
    {
        using var stop = new CancellationTokenSource();
        using var player = new ScriptedEnvironment(LoopFolder.Agents, LockstepTraining.SegmentSteps) { OnStep = StopAtStep };
        using var training = new LockstepTraining(files, trained, new RunReporter(new SilentView()), resume, player);
        Assert.That(training.Run(stop.Token), Is.EqualTo(ExitCodes.Interrupted));
        return training.Learner.Updates;

        void StopAtStep(int steps)
        {
            if (steps == step)
            {
                stop.Cancel();
            }
        }
    }

    private (StopReason Reason, long Transitions) Ended()
    {
        using ControlBlock control = ControlBlock.Open(files.Control);
        return (control.StopReason, control.TotalTransitions);
    }
}
