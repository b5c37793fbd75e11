using System.Text.Json.Serialization;

namespace Reacher.Fast.Training.Reporting;

/// <summary>A machine that steps environments for a run, as the run's machine knows it.</summary>
internal sealed record JoinedStatus
{
    // A machine speaks some ten times a second.
    private const double LongestQuiet = 1;

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its place in the run, which tells machines of one name apart.</summary>
    public required int Place { get; init; }

    /// <summary>Its env processes.</summary>
    public required int Environments { get; init; }

    /// <summary>Rows of it that are in the replay, since it joined.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows of it that came into the replay, over the last interval.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>Rows that it holds and that are not in the replay yet.</summary>
    public required long Waiting { get; init; }

    /// <summary>Updates by which its weights are behind the newest.</summary>
    public required long WeightsBehind { get; init; }

    /// <summary>For how long it has not been heard of.</summary>
    public required double SilentSeconds { get; init; }

    /// <summary>Whether it has not been heard of for longer than between two reports.</summary>
    [JsonIgnore]
    public bool IsSilent => SilentSeconds > LongestQuiet;
}
