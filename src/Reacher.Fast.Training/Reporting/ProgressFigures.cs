using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Training.Reporting;

/// <summary>A figure of a run's progress, and where to read it.</summary>
/// <param name="Figure">What it is called wherever it is shown.</param>
/// <param name="Read">Reads it from a status.</param>
internal sealed record ProgressFigure(Figure Figure, Func<RunStatus, double> Read)
{
    /// <summary>Whether the learner measures it; such a figure is 0 before the first update, when nothing has been measured.</summary>
    public bool IsLearned => Figure is LearnerFigure;
}

/// <summary>
/// The figures that describe a run's progress at one moment: the learner's own, from <see cref="LearnerFigures"/>, and the run's. A row
/// here is a key of <c>metrics.jsonl</c>, a curve in TensorBoard and on the run's page, and an OpenTelemetry instrument.
/// </summary>
internal static class ProgressFigures
{
    /// <summary>What the learner measures and the learning rate it is given, as metrics and <c>--json</c> order them.</summary>
    public static IReadOnlyList<ProgressFigure> OfLearning { get; } = [.. LearnerFigures.All.SelectMany(WithLearningRate)];

    /// <summary>All of them, in the order in which metrics write them.</summary>
    public static IReadOnlyList<ProgressFigure> All { get; } =
    [
        .. OfLearning,
        new(
            new Figure
            {
                Name = "transitions_per_second", Tag = "Rates/Transitions per Second", Description = "Agent decisions a second.",
                Instrument = "reacher_fast.transitions.rate", Unit = "{transition}/s", Curve = new("Per second", "transitions", 3),
            },
            status => status.TransitionsPerSecond),
        new(
            new Figure
            {
                Name = "updates_per_second", Tag = "Rates/Updates per Second", Description = "Updates a second.",
                Instrument = "reacher_fast.updates.rate", Unit = "{update}/s", Curve = new("Per second", "updates", 4),
            },
            status => status.UpdatesPerSecond),
        new(
            new Figure
            {
                Name = "update_ratio", Tag = "Rates/Updates per Transition", Description = "Updates per transition since the warm-up.",
                Instrument = "reacher_fast.updates.per_transition", Curve = new("Updates per transition", "ratio", 1),
            },
            status => status.UpdateRatio),
        new(
            new Figure
            {
                Name = "replay_rows", Tag = "Replay/Rows", Description = "Rows in the replay.",
                Instrument = "reacher_fast.replay.rows", Unit = "{row}",
            },
            status => status.ReplayRows),
    ];

    // The learning rate stands behind the entropy coefficient, because files and readers of earlier versions have it there.
    private static IEnumerable<ProgressFigure> WithLearningRate(LearnerFigure figure)
    {
        yield return new(figure, status => status.Figures[figure.Slot]);
        if (figure.Slot == ReportSlot.EntropyCoefficient)
        {
            yield return new(
                new Figure
                {
                    Name = "learning_rate", Tag = "Policy/Learning Rate", Description = "Adam's step size for the critics.",
                    Curve = new("Learning rate", "learning rate", 2, Order: 1),
                },
                status => status.LearningRate);
        }
    }
}
