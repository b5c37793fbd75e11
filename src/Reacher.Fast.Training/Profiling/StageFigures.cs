using System.Text.Json.Serialization;

namespace Reacher.Fast.Training.Profiling;

/// <summary>What came of one stage.</summary>
internal sealed record StageFigures
{
    public required string Name { get; init; }

    public required StageRole Role { get; init; }

    public required string Unit { get; init; }

    /// <summary>How many units were done a second.</summary>
    public required double Rate { get; init; }

    /// <summary>The lowest limit, in units a second; null where there is none.</summary>
    public double? Limit { get; init; }

    public string? LimitName { get; init; }

    /// <summary>What of the machine that limit is.</summary>
    public string? BoundBy { get; init; }

    /// <summary>Rate of limit, in per cent.</summary>
    public double? Percent { get; init; }

    /// <summary>Time that one transition (environment) or update (learner) spends in it.</summary>
    public required double SecondsPerTurn { get; init; }

    /// <summary>Its part of its process's time, in per cent.</summary>
    public double Share { get; init; }

    /// <summary>What its process would be spared if it ran at its limit, in per cent of that process's time.</summary>
    [JsonIgnore]
    public double Gap => Percent is double percent ? Share * (1 - Math.Min(1, percent / 100)) : 0;

    /// <summary>The same figures with the shares that follow from all of them.</summary>
    public static IReadOnlyList<StageFigures> WithShares(IReadOnlyList<StageFigures> stages) =>
        [.. stages.Select(stage => stage with { Share = 100 * stage.SecondsPerTurn / SecondsPerTurnOf(stages, stage.Role) })];

    /// <summary>Time of one transition or update as the sum of its stages.</summary>
    public static double SecondsPerTurnOf(IEnumerable<StageFigures> stages, StageRole role) =>
        stages.Where(stage => stage.Role == role).Sum(stage => stage.SecondsPerTurn);
}
