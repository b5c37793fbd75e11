namespace Reacher.Fast.Environments.MlAgents.Messages;

/// <summary>How values of one statistic are to be combined within a reporting period (ML-Agents' StatAggregationMethod).</summary>
public enum StatisticAggregation
{
    /// <summary>Their mean is reported.</summary>
    Average = 0,

    /// <summary>The last of them is reported.</summary>
    MostRecent = 1,

    /// <summary>Their sum is reported.</summary>
    Sum = 2,

    /// <summary>Their distribution is reported.</summary>
    Histogram = 3,
}

/// <summary>One value a player's scene reported over the stats side channel, for TensorBoard.</summary>
/// <param name="Key">The tag, as the scene chose it.</param>
/// <param name="Value">The value that the scene reported.</param>
/// <param name="Aggregation">How to combine it with others of the same key.</param>
public readonly record struct PlayerStatistic(string Key, float Value, StatisticAggregation Aggregation);
