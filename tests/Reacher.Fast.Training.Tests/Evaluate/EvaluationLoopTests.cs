using Reacher.Fast.Core.Networks;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Env;

namespace Reacher.Fast.Training.Tests.Evaluate;

/// <summary>When an evaluation episode is due, what it is played with, and what one that fails leaves behind.</summary>
public sealed class EvaluationLoopTests
{
    private const int EpisodeSteps = 3;

    private LoopFolder run = null!;
    private ScriptedEnvironment environment = null!;
    private EvaluationLog log = null!;
    private List<EvaluationLoop> loops = null!;
    private List<string> said = null!;

    private IReadOnlyList<EvaluationRecord> Records => EvaluationLog.Read(run["evaluations.jsonl"]);

    [SetUp]
    public void MakeFolder()
    {
        run = new LoopFolder();
        environment = new ScriptedEnvironment(LoopFolder.Agents, EpisodeSteps);
        log = new EvaluationLog(run["evaluations.jsonl"], recent: 100);
        loops = [];
        said = [];
    }

    [TearDown]
    public void DeleteFolder()
    {
        loops.ForEach(loop => loop.Dispose());
        environment.Dispose();
        log.Dispose();
        run.Dispose();
    }

    [Test]
    public void What_an_episode_writes_it_writes_in_the_saving_phase_and_a_policy_that_is_not_kept_is_said_once()
    {
        var phases = new List<ProcessPhase>();
        RunPlan plan = run.Plan with { Threshold = EpisodeSteps, EvaluationWindow = 1 };
        ProcessSlot self = run.Control.Slot(ProcessRole.Evaluation, 0);
        // The behaviour's folder is missing.
        var best = new BestPolicy(new RunFolder(run["none"], "Reacher"), plan, []);
        using var loop = new EvaluationLoop(
            plan, run.Control, 0, [environment], new WeightReader(run.Weights), log, best, sentence => phases.Add(self.Phase));
        run.PublishZeros(version: 0);
        self.Phase = ProcessPhase.Running;
        Play(loop);
        Play(loop);
        Assert.That(phases, Is.EqualTo(new[] { ProcessPhase.Saving }));
        Assert.That(self.Phase, Is.EqualTo(ProcessPhase.Running));
    }

    [Test]
    public void An_episode_is_due_with_the_first_weights_and_after_each_training_episode()
    {
        EvaluationLoop loop = Create(run.Plan);
        Assert.That(loop.IsDue(), Is.False, "there are no weights");
        run.PublishZeros(version: 0);
        Assert.That(loop.IsDue(), Is.True);
        Play(loop);
        Assert.That(loop.IsDue(), Is.False, "no training episode has ended since");
        run.EnvironmentSlot.AddVectorStep(100 * LoopFolder.Agents);
        Assert.That(loop.IsDue(), Is.False, "the scores are not worth hurrying for");
        run.EnvironmentSlot.AddEpisode(1);
        Assert.That(loop.IsDue(), Is.True);
    }

    [Test]
    public void Scores_at_the_threshold_make_it_hurry()
    {
        EvaluationLoop loop = Create(run.Plan with { Threshold = EpisodeSteps });
        run.PublishZeros(version: 0);
        Play(loop);
        run.EnvironmentSlot.AddVectorStep(19 * LoopFolder.Agents);
        Assert.That(loop.IsDue(), Is.False);
        run.EnvironmentSlot.AddVectorStep(LoopFolder.Agents);
        Assert.That(loop.IsDue(), Is.True);
    }

    [Test]
    public void An_episode_is_played_to_its_end_with_the_weights_it_began_with()
    {
        EvaluationLoop loop = Create(run.Plan);
        run.PublishZeros(version: 10);
        Assert.That(loop.Turn(), Is.False);
        run.PublishZeros(version: 20);
        Assert.That(loop.IsDue(), Is.True, "it is under way");
        Assert.That(loop.Turn(), Is.False);
        Assert.That(loop.Turn(), Is.True);
        Play(loop);
        Assert.That(
            Records.Select(record => (record.Episode, record.Score, record.WeightVersion)),
            Is.EqualTo(new[] { (0L, 3.0, 10L), (1L, 3.0, 20L) }));
        Assert.That(run.Control.Slot(Replay.Control.ProcessRole.Evaluation, 0).Episodes, Is.EqualTo(2));
    }

    [Test]
    public void A_turn_that_fails_gives_the_episode_up_and_the_next_begins_it_anew()
    {
        environment.Failures.Add(1);
        EvaluationLoop loop = Create(run.Plan);
        run.PublishZeros(version: 10);
        loop.Turn();
        Assert.That(loop.Turn, Throws.InvalidOperationException);
        Assert.That(loop.IsPlaying, Is.False);
        Assert.That(Records, Is.Empty);

        Play(loop);
        Assert.That(Records.Single().Score, Is.EqualTo(EpisodeSteps), "none of the rewards before");
        Assert.That(environment.Seeds, Is.EqualTo(new[] { Seeds.OfEvaluation(run.Plan.Seed, 0), Seeds.OfEvaluation(run.Plan.Seed, 0) }));
    }

    [Test]
    public void An_episode_that_does_not_end_is_cut_and_said_once()
    {
        environment = new ScriptedEnvironment(LoopFolder.Agents, episodeSteps: int.MaxValue) { Failures = { 8 } };
        EvaluationLoop loop = Create(run.Plan with { LongestEpisode = 4 });
        run.PublishZeros(version: 10);
        Play(loop);
        Play(loop);
        Assert.That(Records.Select(record => record.Score), Is.EqualTo(new[] { 4.0, 4.0 }));
        Assert.That(said.Single(), Does.StartWith("An evaluation's episode was cut after 4 decisions (--longest-episode)"));

        Assert.That(loop.IsDue(), Is.False);
        run.EnvironmentSlot.AddVectorStep(4 * LoopFolder.Agents);
        Assert.That(loop.IsDue(), Is.True, "although no training episode has ended");
    }

    [Test]
    public void An_episode_of_the_greatest_length_is_not_cut()
    {
        Create(run.Plan with { LongestEpisode = EpisodeSteps });
        run.PublishZeros(version: 10);
        Play(loops[0]);
        Assert.That(said, Is.Empty);
    }

    [Test]
    public void Agents_that_had_ended_and_those_that_are_cut_make_the_score_together()
    {
        var scripted = new ScriptedEnvironment(LoopFolder.Agents, episodeSteps: 3) { StepsOfLastAgent = int.MaxValue, LastAgentEnds = false };
        EvaluationResult result = PolicyEvaluation.Play(new ZeroPolicy(), [scripted], seed: 7, episodes: 2, longest: 5);
        Assert.That(result.Scores, Is.EqualTo(new[] { 4.0, 4.0 }), "3 and 5");
        Assert.That(result.DescribeCut(5), Does.StartWith("2 of 2 episodes were cut after 5 decisions"));
        Assert.That(PolicyEvaluation.Play(new ZeroPolicy(), [scripted], seed: 7, episodes: 1, longest: 6).DescribeCut(6), Is.Not.Null);
    }

    [Test]
    public void It_goes_on_where_the_log_ends()
    {
        run.PublishZeros(version: 10);
        Play(Create(run.Plan));
        Play(Create(run.Plan));
        Assert.That(Records.Select(record => record.Episode), Is.EqualTo(new[] { 0L, 1L }));
        Assert.That(environment.Seeds[1], Is.EqualTo(Seeds.OfEvaluation(run.Plan.Seed, 1)));
    }

    private sealed class ZeroPolicy : IPolicy
    {
        public int ObservationSize => 3;

        public int ActionSize => 2;

        public void Act(ReadOnlySpan<float> observations, Span<float> actions) => actions.Clear();

        public void Dispose()
        {
        }
    }

    private static void Play(EvaluationLoop loop)
    {
        while (!loop.Turn())
        {
        }
    }

    private EvaluationLoop Create(RunPlan plan)
    {
        var best = new BestPolicy(new RunFolder(run[""], plan.Behavior), plan, []);
        var loop = new EvaluationLoop(plan, run.Control, 0, [environment], new WeightReader(run.Weights), log, best, said.Add);
        loops.Add(loop);
        return loop;
    }
}
