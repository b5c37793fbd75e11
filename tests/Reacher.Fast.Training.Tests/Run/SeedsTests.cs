using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Run;

/// <summary>Who gets which seed: values that saved runs depend on, and that those of one run do not meet.</summary>
public sealed class SeedsTests
{
    private static readonly ulong[] Runs = [0, 1, 2, 7, 9_999, ulong.MaxValue];

    [Test]
    public void The_values_are_those_that_saved_runs_were_made_with()
    {
        Assert.That(Seeds.OfEnvironment(1, 0, 0), Is.EqualTo(0x4F1BBCDCBFA53E0BUL));
        Assert.That(Seeds.OfEnvironment(1, 2, 3), Is.EqualTo(0x4F1BBCDDBFA53F8BUL));
        Assert.That(Seeds.OfSegment(1, 0), Is.EqualTo(0x4F1BBCDCBFA53E0AUL));
        Assert.That(Seeds.OfSegment(1, 5), Is.EqualTo(0x4F1BBCDCBFA53E0FUL));
        Assert.That(Seeds.OfEvaluation(1, 0), Is.EqualTo(0x1E3779B97F4A7C15UL));
        Assert.That(Seeds.OfEvaluation(1, 2), Is.EqualTo(0x1E3779B97F4A7C17UL));
    }

    [TestCaseSource(nameof(Runs))]
    public void Env_processes_their_later_lives_and_evaluation_episodes_share_none(ulong run)
    {
        IEnumerable<ulong> environments =
            from index in Enumerable.Range(0, 64)
            from steps in new long[] { 0, 1, 1_001, 999_999, (1 << 24) - 1 }
            select Seeds.OfEnvironment(run, index, steps);
        IEnumerable<ulong> evaluations = Enumerable.Range(0, 1000).Select(episode => Seeds.OfEvaluation(run, episode));
        Assert.That(environments.Concat(evaluations), Is.Unique);
    }

    [TestCaseSource(nameof(Runs))]
    public void Segments_and_evaluation_episodes_share_none(ulong run)
    {
        IEnumerable<ulong> segments = Enumerable.Range(0, 1000).Select(segment => Seeds.OfSegment(run, segment));
        IEnumerable<ulong> evaluations = Enumerable.Range(0, 1000).Select(episode => Seeds.OfEvaluation(run, episode));
        Assert.That(segments.Concat(evaluations), Is.Unique);
    }

    [Test]
    public void Runs_of_neighbouring_seeds_share_none() => Assert.That(
        from run in Enumerable.Range(0, 1000) from index in Enumerable.Range(0, 8) select Seeds.OfEnvironment((ulong)run, index, 0), Is.Unique);
}
