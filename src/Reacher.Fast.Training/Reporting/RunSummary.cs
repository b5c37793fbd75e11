using System.Globalization;
using System.Text;
using System.Text.Json;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Reporting;

/// <summary>What a run came to: one screen at its end, and <c>summary.json</c> in its folder.</summary>
internal sealed record RunSummary
{
    /// <summary>The column of <see cref="ToText"/> in which what is said of each name begins.</summary>
    public const int ValueColumn = 22;

    public required string RunId { get; init; }

    /// <summary>solved, interrupted, finished or failed.</summary>
    public required string Outcome { get; init; }

    public required string Algorithm { get; init; }

    public required double ElapsedSeconds { get; init; }

    public required long Episodes { get; init; }

    public required long Transitions { get; init; }

    public required long Updates { get; init; }

    /// <summary>The mean at which the task is solved; null where nothing counts as solved.</summary>
    public double? Threshold { get; init; }

    /// <summary>When an evaluation first reached the threshold; null if none did.</summary>
    public Milestone? FirstAtThreshold { get; init; }

    /// <summary>When the full window first reached it; null if it did not.</summary>
    public Milestone? Solved { get; init; }

    public required long EvaluationEpisodes { get; init; }

    /// <summary>Mean of the last evaluation episodes, as many as the window holds; null when none was played.</summary>
    public required double? WindowMean { get; init; }

    public required int WindowCount { get; init; }

    /// <summary>Mean of the evaluation played with the final weights; null when the run ended without one.</summary>
    public double? FinalScore { get; init; }

    public double? FinalDeviation { get; init; }

    public int FinalEpisodes { get; init; }

    public required double TransitionsPerSecond { get; init; }

    public required double UpdatesPerSecond { get; init; }

    public required string Folder { get; init; }

    /// <summary>The ONNX model that the run leaves; null where it has none.</summary>
    public string? Model { get; init; }

    /// <summary>Reads <c>summary.json</c>; null if it is not there or not readable, since a report does without.</summary>
    public static RunSummary? Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunSummary>(BoundedFile.ReadText(path, 1 << 20), JsonStyle.Indented);
        }
        catch (Exception error) when (IoFailure.Is(error) || error is JsonException)
        {
            return null;
        }
    }

    public string ToText()
    {
        var text = new StringBuilder();
        Line("outcome", Outcome);
        if (Threshold is not null)
        {
            Line("first at threshold", Describe(FirstAtThreshold));
            Line("solved", Describe(Solved));
        }

        Line("ended", $"after {F1(ElapsedSeconds)} s");
        if (WindowMean is double mean)
        {
            Line("window", $"mean {F2(mean)} over the last {WindowCount} of {Quantity.Of(EvaluationEpisodes, "evaluation episode")}");
        }

        if (FinalScore is double score)
        {
            Line("final policy", $"{F2(score)} +- {F2(FinalDeviation ?? 0)} over {Quantity.Of(FinalEpisodes, "evaluation episode")}");
        }

        Line("trained", $"{Quantity.Of(Episodes, "episode")}, {Quantity.Of(Transitions, "transition")}, {Quantity.Of(Updates, "update")}");
        Line("rates", $"{Whole((long)TransitionsPerSecond)} transitions/s, {Whole((long)UpdatesPerSecond)} updates/s");
        Line("folder", Folder);
        if (Model is not null)
        {
            Line("model", Model);
        }

        return text.ToString();

        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"  {name,-ValueColumn + 3} {value}\n");
    }

    private static string Describe(Milestone? milestone) => milestone is null
        ? "not yet"
        : $"after {F1(milestone.Seconds)} s, {Quantity.Of(milestone.Episodes, "episode")}, " +
            $"{Quantity.Of(milestone.Transitions, "transition")}: mean {F2(milestone.Score)}";

    private static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string F1(double value) => value.ToString("F1", CultureInfo.InvariantCulture);

    private static string F2(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}

/// <summary>A moment of a run worth remembering.</summary>
/// <param name="Episodes">Training episodes that had ended.</param>
/// <param name="Transitions">How many decisions the agents had made.</param>
/// <param name="Seconds">Since the run began, pauses between interruption and resumption not counted.</param>
/// <param name="Score">The evaluation score, or the window's mean.</param>
internal sealed record Milestone(long Episodes, long Transitions, double Seconds, double Score);
