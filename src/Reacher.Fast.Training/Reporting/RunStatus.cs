using System.Text.Json;
using System.Text.Json.Serialization;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Reporting;

/// <summary>Everything about a run at one moment: what the live view draws, the plain line prints and <c>--json</c> emits.</summary>
internal sealed record RunStatus
{
    /// <summary>How <c>--json</c> writes one: a line, with a key for each figure of <see cref="ProgressFigures.OfLearning"/>.</summary>
    public static readonly JsonSerializerOptions Json = FigureJson.Spread<RunStatus>(
        JsonStyle.Printed, nameof(Figures), ProgressFigures.OfLearning, read: (status, figure) => figure.Read(status));

    public required string RunId { get; init; }

    /// <summary>The behaviour's name in ML-Agents' manner, such as <c>Reacher</c>.</summary>
    public required string Behavior { get; init; }

    /// <summary>What the run is doing.</summary>
    [JsonConverter(typeof(RunPhaseWords))]
    public required RunPhase Phase { get; init; }

    public required double ElapsedSeconds { get; init; }

    /// <summary>Agent decisions made so far, over all agents and env processes.</summary>
    public required long Transitions { get; init; }

    /// <summary>Training episodes of the whole vector environment that have ended.</summary>
    public required long Episodes { get; init; }

    /// <summary>
    /// Mean over the agents of the last training episode's score, of all env processes; not a number before the first has ended.
    /// </summary>
    public required double TrainingScore { get; init; }

    /// <summary>Standard deviation over those agents.</summary>
    public required double TrainingScoreDeviation { get; init; }

    /// <summary>Decisions of that episode, the mean over those agents.</summary>
    public required double TrainingEpisodeLength { get; init; }

    public required long Updates { get; init; }

    public required double TransitionsPerSecond { get; init; }

    public required double UpdatesPerSecond { get; init; }

    public required long ReplayRows { get; init; }

    public required long ReplayCapacity { get; init; }

    /// <summary>Updates per transition since the warm-up, which the rate limiter holds at its target.</summary>
    public required double UpdateRatio { get; init; }

    /// <summary>The learner's figures by their <see cref="ReportSlot"/>; each is a key of its own in JSON.</summary>
    public required IReadOnlyList<double> Figures { get; init; }

    /// <summary>Adam's step size for the critics now; in JSON it stands among the learner's figures.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Evaluation episodes so far.</summary>
    public required long EvaluationEpisodes { get; init; }

    /// <summary>Score of the last evaluation episode; not a number before the first.</summary>
    public required double EvaluationScore { get; init; }

    /// <summary>Mean of the evaluation window; not a number before the first episode.</summary>
    public required double WindowMean { get; init; }

    public required int WindowCount { get; init; }

    public required int WindowSize { get; init; }

    public required double? Threshold { get; init; }

    /// <summary>Estimated seconds to a full window at the threshold; null while nothing can be said.</summary>
    public double? SecondsToSolved { get; init; }

    /// <summary>Episodes played with the policy that the run leaves, while it is <see cref="RunPhase.EvaluatingTheFinalPolicy"/>.</summary>
    public int FinalEpisodes { get; init; }

    /// <summary>Mean score of those episodes; not a number before the first.</summary>
    public double FinalScore { get; init; } = double.NaN;

    public required IReadOnlyList<ProcessStatus> Processes { get; init; }

    /// <summary>The machines that have joined; null, and no key in JSON, where none may.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<JoinedStatus>? Machines { get; init; }
}

/// <summary>One process of a run.</summary>
/// <param name="Name">The process's name, such as <c>env-0</c>.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="ProcessorPercent">Of one core, over the last interval.</param>
/// <param name="Restarts">How often it was started again.</param>
internal sealed record ProcessStatus(string Name, ProcessPhase State, double ProcessorPercent, int Restarts);
