using System.Text.Json.Serialization;

namespace Reacher.Fast.Training.Reporting.Metrics;

/// <summary>What a line of metrics is about.</summary>
internal enum MetricsKind
{
    /// <summary>Rates, losses and counters at one moment.</summary>
    Progress = 0,

    /// <summary>A training episode of the whole vector environment has ended.</summary>
    Training = 1,

    /// <summary>An evaluation episode has ended.</summary>
    Evaluation = 2,

    /// <summary>What a Unity player's scene has reported since the last such line.</summary>
    Statistics = 3,
}

/// <summary>
/// One line of <c>metrics.jsonl</c>: where the run stood, and what was measured there. A figure that was not measured, or is not a number,
/// is null and left out.
/// </summary>
internal sealed record MetricsLine
{
    /// <summary>What the line is about.</summary>
    public required MetricsKind Kind { get; init; }

    /// <summary>Since the run began, interruptions left out.</summary>
    public required double Seconds { get; init; }

    /// <summary>Agent decisions so far: the steps of ML-Agents' curves.</summary>
    public required long Transitions { get; init; }

    /// <summary>The updates that have been made so far.</summary>
    public long? Updates { get; init; }

    /// <summary>Number of the episode, from 1.</summary>
    public long? Episode { get; init; }

    /// <summary>Mean over the agents of the episode's score.</summary>
    public double? Score { get; init; }

    /// <summary>Standard deviation over the agents.</summary>
    public double? Deviation { get; init; }

    /// <summary>Decisions of the episode.</summary>
    public double? EpisodeLength { get; init; }

    /// <summary>Mean of the evaluation window, this episode included.</summary>
    public double? WindowMean { get; init; }

    /// <summary>Episodes in the window.</summary>
    public int? WindowCount { get; init; }

    /// <summary>The figures of a run's progress by their names, such as <c>mean_q</c>; each is a key of its own in the file.</summary>
    public Dictionary<string, double> Figures { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The scene's own statistics by their keys, combined as the scene asked.</summary>
    public IReadOnlyDictionary<string, double>? Statistics { get; init; }

    /// <summary>The machines that have joined; null where none may. Part of <see cref="MetricsKind.Progress"/>.</summary>
    public IReadOnlyList<JoinedStatus>? Machines { get; init; }

    /// <summary>The same without numbers that JSON cannot hold; figures are left out as they are written.</summary>
    [JsonIgnore]
    public MetricsLine Finite => this with
    {
        Score = Keep(Score),
        Deviation = Keep(Deviation),
        EpisodeLength = Keep(EpisodeLength),
        WindowMean = Keep(WindowMean),
    };

    /// <summary>The figure of that name; null where it was not measured.</summary>
    public double? Figure(string name) => Figures.TryGetValue(name, out double value) ? Keep(value) : null;

    private static double? Keep(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
