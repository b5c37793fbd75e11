using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Tests.Env;

namespace Reacher.Fast.Training.Tests.Evaluate;

/// <summary>Episodes that are played side by side: they score what they score alone, they are judged together, and they cost little.</summary>
public sealed class WideEvaluationTests
{
    private const int Arms = 20;
    private const int EpisodeSteps = 3;

    private static readonly RunPlan ArmPlan = RunPlanner.Plan(
        BuiltInTask.Arm.Begin(TrainerType.Sac) with { RunId = "test", Seed = 7 }, Arms, 33, 4);

    private LoopFolder run = null!;
    private ManualTime time = null!;
    private EvaluationLog log = null!;

    private IReadOnlyList<EvaluationRecord> Records => EvaluationLog.Read(run["evaluations.jsonl"]);

    [SetUp]
    public void MakeFolder()
    {
        run = new LoopFolder();
        time = new ManualTime();
        log = new EvaluationLog(run["evaluations.jsonl"], recent: 100);
        Directory.CreateDirectory(run[run.Plan.Behavior]);
    }

    [TearDown]
    public void DeleteFolder()
    {
        log.Dispose();
        run.Dispose();
    }

    [Test]
    public void An_episode_scores_the_same_to_the_bit_however_many_are_played_beside_it()
    {
        float[] weights = new float[ArmPlan.PolicySpec.BlockLength];
        var random = new Random(5);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (random.NextSingle() - 0.5f) * 0.5f;
        }

        double[] alone = Scores(weights, width: 1), together = Scores(weights, width: 5);
        Assert.That(together, Is.EqualTo(alone));
        Assert.That(alone.Distinct().Count(), Is.EqualTo(alone.Length), "each has a seed of its own");
    }

    [Test]
    public void Episodes_of_different_lengths_each_count_to_their_own_end()
    {
        ScriptedEnvironment[] environments = [new(LoopFolder.Agents, 2), new(LoopFolder.Agents, 5), new(LoopFolder.Agents, 3)];
        using var policy = ActingPolicy.Create(run.Plan, environments.Length * LoopFolder.Agents);
        policy.Load(new float[run.Plan.PolicySpec.BlockLength]);
        var evaluator = new Evaluator(policy, environments, seed: 7, longest: 4);
        EpisodeScore[] scores = evaluator.Play(first: 10, count: 3).ToArray();
        Assert.That(scores.Select(score => (score.Mean, score.WasCut)), Is.EqualTo(new[] { (2.0, false), (4.0, true), (3.0, false) }));
        Assert.That(environments.Select(one => one.Seeds.Single()), Is.EqualTo(new[] { 10L, 11L, 12L }.Select(k => Seeds.OfEvaluation(7, k))));
        Assert.That(environments.Select(one => one.StepsAsked), Is.EqualTo(new[] { 2, 4, 3 }), "none is stepped beyond its end");
        Assert.That(evaluator.Play(first: 20, count: 2).Length, Is.EqualTo(2));
        Assert.That(environments[2].Seeds, Has.Count.EqualTo(1));
    }

    [Test]
    public void The_scores_of_an_evaluation_are_of_one_version_and_judged_by_their_mean()
    {
        using EvaluationLoop loop = Create(run.Plan with { Threshold = 4 }, new(LoopFolder.Agents, 2), new(LoopFolder.Agents, 5));
        run.PublishZeros(version: 10);
        Play(loop);
        Assert.That(
            Records.Select(record => (record.Episode, record.Score, record.WeightVersion, record.Mean)),
            Is.EqualTo(new[] { (0L, 2.0, 10L, 3.5), (1L, 5.0, 10L, 3.5) }));
        Assert.That(loop.Scores.ToArray(), Is.EqualTo(new[] { 2.0, 5.0 }));
        Assert.That(loop.LastMean, Is.EqualTo(3.5));
        Assert.That(run.Control.Slot(ProcessRole.Evaluation, 0).Episodes, Is.EqualTo(2));
    }

    [Test]
    public void The_first_evaluation_at_the_threshold_is_not_its_best_episode()
    {
        var files = new RunFolder(Path.GetDirectoryName(run["x"])!, run.Plan.Behavior);
        Directory.CreateDirectory(files.Logs);
        RunPlan plan = run.Plan with { Threshold = 4 };
        using var evaluations = new EvaluationLog(files.Evaluations, recent: 100);
        var progress = new RunProgress(files, plan, run.Control, run.Replay);
        evaluations.Append(Record(0, 5, 3.5), Record(1, 2, 3.5));
        progress.Refresh();
        Assert.That(progress.Summarize(StopReason.Interrupted).FirstAtThreshold, Is.Null);
        evaluations.Append(Record(2, 6, 4.5), Record(3, 3, 4.5));
        progress.Refresh();
        Assert.That(progress.Summarize(StopReason.Interrupted).FirstAtThreshold?.Score, Is.EqualTo(4.5));
    }

    [Test]
    public void It_is_due_once_something_was_learned_and_after_a_pause_of_seven_times_its_length()
    {
        ScriptedEnvironment[] environments = [new(LoopFolder.Agents, EpisodeSteps), new(LoopFolder.Agents, EpisodeSteps)];
        using EvaluationLoop loop = Create(run.Plan, environments);
        run.PublishZeros(version: 0);
        Assert.That(loop.IsDue(), Is.False, "nothing was learned");
        run.PublishZeros(version: 1);
        Assert.That(loop.IsDue(), Is.True);
        loop.Turn();
        time.Advance(TimeSpan.FromSeconds(2));
        Play(loop);
        run.PublishZeros(version: 2);
        time.Advance(TimeSpan.FromSeconds(13));
        Assert.That(loop.IsDue(), Is.False);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(loop.IsDue(), Is.True);
        Play(loop);
        run.PublishZeros(version: 3);
        Assert.That(loop.IsDue(), Is.False, "one that takes no time is followed by a pause as well");
        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.That(loop.IsDue(), Is.True);
        Play(loop);
        time.Advance(TimeSpan.FromDays(1));
        Assert.That(loop.IsDue(), Is.False, "there is no newer policy");
    }

    [Test]
    public void Scores_at_the_threshold_make_it_hurry_until_the_window_has_reached_it()
    {
        RunPlan plan = run.Plan with { Threshold = EpisodeSteps, EvaluationWindow = 3 };
        using EvaluationLoop loop = Create(plan, new(LoopFolder.Agents, EpisodeSteps), new(LoopFolder.Agents, EpisodeSteps));
        run.PublishZeros(version: 1);
        Play(loop);
        run.PublishZeros(version: 2);
        Assert.That(loop.IsDue(), Is.True, "two scores do not fill the window");
        Play(loop);
        run.PublishZeros(version: 3);
        Assert.That(loop.IsDue(), Is.False);
    }

    [Test]
    public void The_policy_that_is_kept_of_a_round_is_the_one_that_played_it()
    {
        RunPlan plan = run.Plan with { Threshold = null, EvaluationWindow = 2, EvaluationInterval = 10, EvaluationEpisodes = 2 };
        var files = new RunFolder(run[""], plan.Behavior);
        using var loop = new EvaluationLoop(
            plan, run.Control, 0, [new ScriptedEnvironment(LoopFolder.Agents, EpisodeSteps)], new WeightReader(run.Weights), log,
            new BestPolicy(files, plan, []), Assert.Fail, time);
        run.PublishZeros(version: 1);
        Assert.That(loop.IsDue(), Is.True);
        Play(loop);
        float[] newer = new float[plan.PublishedLength];
        Array.Fill(newer, 0.5f);
        run.Weights.Publish(newer, version: 2);
        Assert.That(loop.IsDue(), Is.True, "the round has another episode");
        Play(loop);
        Assert.That(Records.Select(record => record.WeightVersion), Is.EqualTo(new[] { 1L, 1L }));
        PolicyFile.Read(files.BestPolicy, out float[] kept);
        Assert.That(kept, Is.All.Zero);
    }

    private static double[] Scores(float[] weights, int width)
    {
        const int Episodes = 5;
        var arm = new ArmOptions { ArmCount = Arms, MaxSteps = 200 };
        ArmEnvironment[] environments = [.. Enumerable.Range(0, width).Select(_ => new ArmEnvironment(arm))];
        using var policy = ActingPolicy.Create(ArmPlan, width * Arms);
        policy.Load(weights);
        EvaluationResult result = PolicyEvaluation.Play(policy, environments, seed: 7, Episodes, longest: 1000);
        Array.ForEach(environments, environment => environment.Dispose());
        return [.. result.Scores];
    }

    private static EvaluationRecord Record(long episode, double score, double mean) =>
        new(episode, score, 0, WeightVersion: 1 + (episode / 2), 100, 1, DateTimeOffset.UnixEpoch, mean);

    private static void Play(EvaluationLoop loop)
    {
        while (!loop.Turn())
        {
        }
    }

    private EvaluationLoop Create(RunPlan plan, params ScriptedEnvironment[] environments) => new(
        plan,
        run.Control,
        0,
        environments,
        new WeightReader(run.Weights),
        log,
        new BestPolicy(new RunFolder(run[""], plan.Behavior), plan, []),
        Assert.Fail,
        time);
}
