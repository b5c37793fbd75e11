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
/// One line of <c>metrics.jsonl</c>: where the run stood, and what was measured there. What was not measured is null and left
/// out; so is what is not a number.
/// </summary>
internal sealed record MetricsLine
{
    /// <summary>What the line is about.</summary>
    public required MetricsKind Kind { get; init; }

    /// <summary>Since the run began, interruptions left out.</summary>
    public required double Seconds { get; init; }

    /// <summary>Agent decisions so far: the steps of ML-Agents' curves.</summary>
    public required long Transitions { get; init; }

    /// <summary>Updates so far.</summary>
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

    /// <summary>Both critics' mean squared errors, summed.</summary>
    public double? CriticLoss { get; init; }

    /// <summary>The first critic's mean squared error.</summary>
    public double? Q1Loss { get; init; }

    /// <summary>The second critic's mean squared error.</summary>
    public double? Q2Loss { get; init; }

    /// <summary>The policy's loss.</summary>
    public double? PolicyLoss { get; init; }

    /// <summary>Mean of both critics over the batch.</summary>
    public double? MeanQ { get; init; }

    /// <summary>Mean of the target.</summary>
    public double? MeanTarget { get; init; }

    /// <summary>Mean of -log pi.</summary>
    public double? Entropy { get; init; }

    /// <summary>alpha.</summary>
    public double? EntropyCoefficient { get; init; }

    /// <summary>Adam's step size for the critics.</summary>
    public double? LearningRate { get; init; }

    /// <summary>L2 norm of the critics' gradient before clipping.</summary>
    public double? CriticGradientNorm { get; init; }

    /// <summary>L2 norm of the policy's gradient before clipping.</summary>
    public double? PolicyGradientNorm { get; init; }

    /// <summary>Agent decisions a second.</summary>
    public double? TransitionsPerSecond { get; init; }

    /// <summary>Updates a second.</summary>
    public double? UpdatesPerSecond { get; init; }

    /// <summary>Updates per transition since the warm-up.</summary>
    public double? UpdateRatio { get; init; }

    /// <summary>Rows in the replay.</summary>
    public long? ReplayRows { get; init; }

    /// <summary>The scene's own statistics by their keys, combined as the scene asked.</summary>
    public IReadOnlyDictionary<string, double>? Statistics { get; init; }

    /// <summary>The same without numbers that JSON cannot hold.</summary>
    [JsonIgnore]
    public MetricsLine Finite => this with
    {
        Score = Keep(Score),
        Deviation = Keep(Deviation),
        EpisodeLength = Keep(EpisodeLength),
        WindowMean = Keep(WindowMean),
        CriticLoss = Keep(CriticLoss),
        Q1Loss = Keep(Q1Loss),
        Q2Loss = Keep(Q2Loss),
        PolicyLoss = Keep(PolicyLoss),
        MeanQ = Keep(MeanQ),
        MeanTarget = Keep(MeanTarget),
        Entropy = Keep(Entropy),
        EntropyCoefficient = Keep(EntropyCoefficient),
        LearningRate = Keep(LearningRate),
        CriticGradientNorm = Keep(CriticGradientNorm),
        PolicyGradientNorm = Keep(PolicyGradientNorm),
        TransitionsPerSecond = Keep(TransitionsPerSecond),
        UpdatesPerSecond = Keep(UpdatesPerSecond),
        UpdateRatio = Keep(UpdateRatio),
    };

    private static double? Keep(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
