using System.Diagnostics;

namespace Reacher.Fast.Training.Profiling;

/// <summary>
/// Measures stages and their limits alternately, so that whatever else the machine does falls on all alike, and takes medians: of the rates, and of
/// each turn's own ratio of rate to limit. Before the time begins all stages are warmed up, with pauses: the JIT optimises on a timer that any new
/// code puts off. What was measured then counts only where it was interrupted before there was more.
/// </summary>
internal sealed class StageClock(IReadOnlyList<Stage> stages, TimeSpan warmUp)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    private readonly List<Sample>[] samples = [.. stages.Select(_ => new List<Sample>())];

    /// <summary>Goes round until the time is over or <paramref name="cancelled"/>; every stage is measured at least once unless cancelled.</summary>
    /// <param name="time">How long all measurements take together.</param>
    /// <param name="progress">Called after each round with the part of the time that is over.</param>
    /// <param name="cancelled">Ends it after the trial in hand.</param>
    public void Run(TimeSpan time, Action<double> progress, CancellationToken cancelled)
    {
        var clock = Stopwatch.StartNew();
        for (TimeSpan at = TimeSpan.Zero; at < warmUp && !cancelled.IsCancellationRequested; at = clock.Elapsed)
        {
            Round(warm: false, cancelled);
            progress(0);
            cancelled.WaitHandle.WaitOne(Pause);
        }

        clock.Restart();
        do
        {
            Round(warm: true, cancelled);
            progress(Math.Min(1, clock.Elapsed / time));
        }
        while (clock.Elapsed < time && !cancelled.IsCancellationRequested);
    }

    /// <summary>The figures so far, of the stages that were measured.</summary>
    public IReadOnlyList<StageFigures> Figures()
    {
        var figures = new List<StageFigures>();
        foreach ((Stage stage, List<Sample> all) in stages.Zip(samples))
        {
            if (all.Count > 0)
            {
                List<Sample> warm = all.FindAll(sample => sample.Warm);
                figures.Add(Summarize(stage, warm.Count > 0 ? warm : all));
            }
        }

        return StageFigures.WithShares(figures);
    }

    private void Round(bool warm, CancellationToken cancelled)
    {
        for (int i = 0; i < stages.Count && !cancelled.IsCancellationRequested; i++)
        {
            samples[i].Add(Measure(stages[i], warm));
        }
    }

    private static Sample Measure(Stage stage, bool warm)
    {
        double[] limits = [.. stage.Limits.Select(limit => limit.Measure())];
        return new Sample(warm, stage.Measure(), limits);
    }

    private static StageFigures Summarize(Stage stage, List<Sample> samples)
    {
        double rate = Median(samples.Select(sample => sample.Rate));
        var figures = new StageFigures
        {
            Name = stage.Name,
            Role = stage.Role,
            Unit = stage.Unit,
            Rate = rate,
            SecondsPerTurn = stage.PerTurn / rate,
        };
        if (stage.Limits.Count == 0)
        {
            return figures;
        }

        double[] limits = [.. stage.Limits.Select((_, i) => Median(samples.Select(sample => sample.Limits[i])))];
        int binding = Array.IndexOf(limits, limits.Min());
        return figures with
        {
            Limit = limits[binding],
            LimitName = stage.Limits[binding].Name,
            BoundBy = stage.Limits[binding].Resource,
            Percent = 100 * Median(samples.Select(sample => sample.Rate / sample.Limits[binding])),
        };
    }

    /// <summary>The middle one; of an even number the upper of the two in the middle.</summary>
    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private readonly record struct Sample(bool Warm, double Rate, double[] Limits);
}
