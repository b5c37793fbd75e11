using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Env;
using Reacher.Fast.Training.Tests.Reporting;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>Lock-step training counts the rows in which an agent acted, and finds them again where it goes on from a checkpoint.</summary>
public sealed class LockstepCountTests
{
    private const int StepsOfLastAgent = 100;
    private const long RowsOfSegment = LockstepTraining.SegmentSteps + StepsOfLastAgent;

    [Test]
    public void Transitions_are_rows_also_in_a_run_that_goes_on()
    {
        using var run = new LoopFolder();
        RunPlan plan = run.Plan with { TransitionLimit = 2 * RowsOfSegment, TransitionsPerUpdate = 50, Threshold = 1e9 };
        var files = new RunFolder(run["run"], plan.Behavior);
        Train(files, plan, resume: false);
        Assert.That(Counted(files), Is.EqualTo((2 * RowsOfSegment, 2 * RowsOfSegment)));

        Train(files, plan with { TransitionLimit = 3 * RowsOfSegment }, resume: true);
        Assert.That(Counted(files), Is.EqualTo((3 * RowsOfSegment, 3 * RowsOfSegment)));
    }

    [Test]
    public void The_last_segment_ends_with_the_last_transition()
    {
        using var run = new LoopFolder();
        RunPlan plan = run.Plan with { TransitionLimit = RowsOfSegment + (10 * LoopFolder.Agents), TransitionsPerUpdate = 50, Threshold = 1e9 };
        var files = new RunFolder(run["run"], plan.Behavior);
        Train(files, plan, resume: false);
        Assert.That(Counted(files), Is.EqualTo((plan.TransitionLimit, plan.TransitionLimit)));
    }

    [Test]
    public void A_run_whose_episodes_never_end_trains_on_and_ends_after_its_steps()
    {
        using var run = new LoopFolder();
        RunPlan plan = run.Plan with
        {
            TransitionLimit = 3 * LockstepTraining.LongestSegment * LoopFolder.Agents,
            TransitionsPerUpdate = 50,
            LongestEpisode = 10,
        };
        // Three segments of training, an evaluation episode after each, and the window at the end.
        int steps = (3 * (LockstepTraining.LongestSegment + 10)) + (plan.EvaluationWindow * 10);
        using var player = new ScriptedEnvironment(LoopFolder.Agents, episodeSteps: int.MaxValue) { Failures = { steps } };
        using var training = new LockstepTraining(
            new RunFolder(run["run"], plan.Behavior), plan, new RunReporter(new SilentView()), resume: false, player);
        Assert.That(training.Run(), Is.EqualTo(ExitCodes.Done));
        Assert.That(player.StepsAsked, Is.EqualTo(steps));
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Agents_play_the_episode_to_its_end_in_which_a_segment_would_have_ended(int agents)
    {
        const int EpisodeSteps = 400;
        const int SegmentSteps = 1200;
        using var run = new LoopFolder();
        RunPlan plan = run.Plan with { AgentCount = agents, TransitionsPerUpdate = 50, Threshold = 1e9 };
        var files = new RunFolder(run["run"], plan.Behavior);
        foreach (int segments in new[] { 2, 3 })
        {
            using var player = new ScriptedEnvironment(agents, EpisodeSteps);
            using (var training = new LockstepTraining(
                files,
                plan with { TransitionLimit = segments * SegmentSteps * agents },
                new RunReporter(new SilentView()),
                resume: segments > 2,
                player))
            {
                Assert.That(training.Run(), Is.EqualTo(ExitCodes.Done));
            }

            using ControlBlock control = ControlBlock.Open(files.Control);
            long steps = control.Slot(ProcessRole.Environment, 0).VectorSteps;
            Assert.That(
                (control.TotalTransitions, steps, control.TotalEpisodes),
                Is.EqualTo((segments * (long)SegmentSteps * agents, segments * (long)SegmentSteps, segments * 3L)));
        }
    }

    [Test]
    public void A_segment_ends_in_the_middle_of_an_episode_that_is_too_long()
    {
        using var run = new LoopFolder();
        const int longest = LockstepTraining.LongestSegment;
        RunPlan plan = run.Plan with
        {
            AgentCount = 1,
            TransitionLimit = 2 * longest,
            TransitionsPerUpdate = 50,
            Threshold = 1e9,
            LongestEpisode = 10,
        };
        var player = new ScriptedEnvironment(1, episodeSteps: int.MaxValue);
        using var training = new LockstepTraining(
            new RunFolder(run["run"], plan.Behavior), plan, new RunReporter(new SilentView()), resume: false, player);
        Assert.That(training.Run(), Is.EqualTo(ExitCodes.Done));
        // Two segments, an evaluation episode after each, and the window's at the end.
        Assert.That(player.Seeds, Has.Count.EqualTo(2 + 2 + plan.EvaluationWindow));
    }

    [Test]
    public void In_a_ring_with_room_for_shorter_segments_they_stay_shorter_and_are_drawn_from_whole()
    {
        using var run = new LoopFolder();
        const long SegmentRows = LockstepTraining.SegmentSteps * LoopFolder.Agents;
        RunPlan plan = run.Plan with { BufferSize = 100, TransitionLimit = SegmentRows, TransitionsPerUpdate = 50, Threshold = 1e9 };
        var files = new RunFolder(run["run"], plan.Behavior);
        Train(files, plan, resume: false, stepsOfLastAgent: int.MaxValue);
        Assert.That(Ring(), Is.EqualTo(plan.BufferSize + (2 * SegmentRows)));
        ReplayFile.Create(
            files.Replay, plan.TransitionSpec, LockstepParts.LeastReplayCapacity(plan), new ReplayOptions { Overwrite = true }).Dispose();

        using var player = new ScriptedEnvironment(LoopFolder.Agents, episodeSteps: 400);
        using var training = new LockstepTraining(
            files, plan with { TransitionLimit = 3 * SegmentRows }, new RunReporter(new SilentView()), resume: true, player);
        Assert.That(training.Run(), Is.EqualTo(ExitCodes.Done));
        Assert.That(Ring(), Is.EqualTo(plan.BufferSize + SegmentRows));
        // Two segments, an evaluation episode after each, and the window's at the end.
        Assert.That(player.Seeds, Has.Count.EqualTo(2 + 2 + plan.EvaluationWindow));

        long Ring()
        {
            using ReplayFile replay = ReplayFile.Open(files.Replay);
            return replay.Capacity;
        }
    }

    private static void Train(RunFolder files, RunPlan plan, bool resume, int stepsOfLastAgent = StepsOfLastAgent)
    {
        using var player = new ScriptedEnvironment(LoopFolder.Agents, episodeSteps: 1) { StepsOfLastAgent = stepsOfLastAgent };
        using var training = new LockstepTraining(files, plan, new RunReporter(new SilentView()), resume, player);
        Assert.That(training.Run(), Is.EqualTo(ExitCodes.Done));
    }

    private static (long Transitions, long Rows) Counted(RunFolder files)
    {
        using ControlBlock control = ControlBlock.Open(files.Control);
        using ReplayFile replay = ReplayFile.Open(files.Replay);
        return (control.TotalTransitions, replay.WrittenRows);
    }
}
