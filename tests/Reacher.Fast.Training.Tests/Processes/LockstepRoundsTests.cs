using Reacher.Fast.Core.Learner;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Reporting;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>Lock-step training plays the rounds of a curve at the very transitions that the curve names.</summary>
public sealed class LockstepRoundsTests
{
    private const long Warmup = 500;
    private const long Interval = 700;

    [Test]
    public void Rounds_are_played_at_their_transitions_counted_from_the_end_of_the_random_ones()
    {
        using var folder = new TemporaryFolder();
        RunPlan plan = Plan(agents: 1);
        Train(folder["run"], plan, resume: false);
        Assert.That(Played(folder["run"], plan), Is.EqualTo(new (long, long)[]
        {
            // The policy of the first has learned nothing, and each later one has made an update a transition since.
            (500, 0), (500, 0), (1200, 700), (1200, 700), (1900, 1400), (1900, 1400), (2600, 2100), (2600, 2100),
        }));
    }

    [Test]
    public void Several_agents_play_them_with_the_first_step_that_reaches_their_transitions()
    {
        using var folder = new TemporaryFolder();
        RunPlan plan = Plan(agents: 3) with { TransitionsPerUpdate = 3 };
        Train(folder["run"], plan, resume: false);
        Assert.That(
            Played(folder["run"], plan).Select(round => round.Transitions),
            Is.EqualTo(new[] { 501, 501, 1200, 1200, 1902, 1902, 2601, 2601 }));
    }

    [Test]
    public void A_run_that_goes_on_plays_those_that_are_left()
    {
        using var folder = new TemporaryFolder();
        RunPlan plan = Plan(agents: 1);
        Train(folder["run"], plan with { TransitionLimit = 1500 }, resume: false);
        Train(folder["run"], plan, resume: true);
        Assert.That(
            Played(folder["run"], plan).Select(round => round.Transitions),
            Is.EqualTo(new[] { 500, 500, 1200, 1200, 1900, 1900, 2600, 2600 }));
    }

    [Test]
    public void They_change_nothing_of_what_is_learned()
    {
        using var folder = new TemporaryFolder();
        RunPlan plan = Plan(agents: 1);
        float[] without = Train(folder["without"], plan with { EvaluationInterval = 0, EvaluationEpisodes = 1 }, resume: false);
        Assert.That(Train(folder["with"], plan, resume: false), Is.EqualTo(without));
        Assert.That(Train(folder["other"], plan with { Seed = 8 }, resume: false), Is.Not.EqualTo(without), "the comparison can fail");
    }

    private static float[] Train(string folder, RunPlan plan, bool resume)
    {
        using var training = new LockstepTraining(new RunFolder(folder, plan.Behavior), plan, new RunReporter(new SilentView()), resume);
        Assert.That(training.Run(), Is.EqualTo(ExitCodes.Done));
        float[] weights = new float[plan.PublishedLength];
        PolicyPair.Copy(training.Learner, weights);
        return weights;
    }

    private static List<(long Transitions, long Updates)> Played(string folder, RunPlan plan) =>
        [.. EvaluationLog.Read(new RunFolder(folder, plan.Behavior).Evaluations).Select(record => (record.Transitions, record.WeightVersion))];

    private static RunPlan Plan(int agents) => new()
    {
        RunId = "test",
        Behavior = "Reacher",
        Seed = 7,
        Environment = new EnvironmentOptions { Name = EnvironmentOptions.Arm, Agents = agents, MaxSteps = 30 },
        AgentCount = agents,
        ObservationSize = 33,
        ActionSize = 4,
        Learner = new SacOptions { Seed = 7, HiddenSizes = [8], BatchSize = 4 },
        NStep = 1,
        Gamma = 0.99f,
        BufferSize = 5000,
        WarmupTransitions = Warmup,
        TransitionsPerUpdate = 1,
        TransitionLimit = Warmup + (3 * Interval),
        PublishInterval = 1,
        EvaluationInterval = Interval,
        EvaluationEpisodes = 2,
        FinalEvaluation = false,
        Threshold = null,
        Device = "cpu",
        LearnerThreads = 1,
    };
}
