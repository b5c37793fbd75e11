using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Metrics;

namespace Reacher.Fast.Training.Tests.Reporting;

/// <summary>Metrics such as a run of two minutes leaves: a score that climbs, losses that fall, noise on everything.</summary>
internal static class SyntheticRun
{
    /// <summary>The end of a run of so many transitions.</summary>
    public static RunSummary Summary(long transitions) => new()
    {
        RunId = "a", Outcome = "finished", Algorithm = "sac", ElapsedSeconds = 1, Episodes = 1, Transitions = transitions, Updates = 1,
        EvaluationEpisodes = 0, WindowMean = null, WindowCount = 0, TransitionsPerSecond = 1, UpdatesPerSecond = 1, Folder = "",
    };

    /// <summary>A run that has come so far, with 1 for all that has no reason to be another number.</summary>
    public static RunStatus Status(long transitions, long episodes) => new()
    {
        RunId = "a",
        Behavior = "Reacher",
        Phase = RunPhase.Training,
        ElapsedSeconds = transitions / 10.0,
        Transitions = transitions,
        Episodes = episodes,
        TrainingScore = 5,
        TrainingScoreDeviation = 1,
        TrainingEpisodeLength = 1001,
        Updates = transitions,
        TransitionsPerSecond = 1,
        UpdatesPerSecond = 1,
        ReplayRows = transitions,
        ReplayCapacity = 1000,
        UpdateRatio = 1,
        Figures = [.. LearnerFigures.All.Select(_ => 1.0)],
        LearningRate = 1,
        EvaluationEpisodes = 0,
        EvaluationScore = 0,
        WindowMean = 0,
        WindowCount = 0,
        WindowSize = 2,
        Threshold = 30,
        Processes = [],
    };

    /// <summary>A machine that has joined, and brought so many rows.</summary>
    public static JoinedStatus Machine(string name, int place, long rows) => new()
    {
        Name = name, Place = place, Environments = 2, Rows = rows, RowsPerSecond = 10, Waiting = 3, WeightsBehind = 4, SilentSeconds = 0.5,
    };

    public static IReadOnlyList<MetricsLine> Lines(int trainingEpisodes = 40, int window = 100)
    {
        var random = new Random(7);
        var lines = new List<MetricsLine>();
        var scores = new Queue<double>();
        long evaluation = 0;
        for (int episode = 1; episode <= trainingEpisodes; episode++)
        {
            long begin = (episode - 1) * 20_020L;
            for (int part = 0; part < 20; part++)
            {
                double at = episode - 1 + (part / 20.0), seconds = at * 2.9;
                double progress = 1 / (1 + Math.Exp(-(at - 6) / 1.3));
                double first = (0.01 * Math.Exp(-at / 12)) + (0.002 * random.NextDouble());
                double second = (0.01 * Math.Exp(-at / 12)) + (0.002 * random.NextDouble());
                lines.Add(new MetricsLine
                {
                    Kind = MetricsKind.Progress, Seconds = seconds, Transitions = begin + (part * 1001), Updates = (long)(at * 2002),
                    Figures =
                    {
                        ["critic_loss"] = first + second,
                        ["q1_loss"] = first,
                        ["q2_loss"] = second,
                        ["policy_loss"] = (-3.4 * progress) + (0.1 * random.NextDouble()),
                        ["mean_q"] = (3.5 * progress) + (0.05 * random.NextDouble()),
                        ["mean_target"] = (3.5 * progress) + (0.09 * random.NextDouble()),
                        ["entropy"] = 2.5 - (6 * progress) + (0.2 * random.NextDouble()),
                        ["entropy_coefficient"] = 0.01 * Math.Exp(-at / 9),
                        ["critic_gradient_norm"] = 0.3 * random.NextDouble(),
                        ["policy_gradient_norm"] = 0.1 * random.NextDouble(),
                        ["transitions_per_second"] = 6900 + (400 * random.NextDouble()),
                        ["updates_per_second"] = 690 + (40 * random.NextDouble()),
                        ["update_ratio"] = 0.1,
                        ["replay_rows"] = begin + (part * 1001),
                        ["learning_rate"] = 1e-3 * Math.Min(1, (trainingEpisodes - at) / 4),
                    },
                });
            }

            double score = 39.2 / (1 + Math.Exp(-(episode - 6) / 1.3));
            double end = episode * 2.9;
            lines.Add(new MetricsLine
            {
                Kind = MetricsKind.Training, Seconds = end, Transitions = begin + 20_020, Episode = episode,
                Score = score * 0.97 - random.NextDouble(), EpisodeLength = 1001,
            });
            for (int i = 0; i < (episode < 9 ? 1 : 4); i++)
            {
                double evaluated = Math.Max(0, score + random.NextDouble() - 0.5);
                scores.Enqueue(evaluated);
                if (scores.Count > window)
                {
                    scores.Dequeue();
                }

                lines.Add(new MetricsLine
                {
                    Kind = MetricsKind.Evaluation, Seconds = end + (i * 0.6), Transitions = begin + 20_020 + (i * 4000),
                    Episode = ++evaluation, Score = evaluated,
                    WindowMean = scores.Average(), WindowCount = scores.Count,
                });
            }
        }

        return lines;
    }
}
