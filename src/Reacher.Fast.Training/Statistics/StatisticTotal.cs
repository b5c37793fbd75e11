using System.Text.Json.Serialization;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Training.Statistics;

/// <summary>
/// What a scene reported under one key since the last point of its curve; combined as the scene asked (ML-Agents' StatAggregationMethod).
/// </summary>
internal sealed class StatisticTotal
{
    /// <summary>Values of a histogram that are kept; of more, the first.</summary>
    public const int HistogramValues = 1000;

    public required string Key { get; init; }

    public required StatisticAggregation Aggregation { get; init; }

    public long Count { get; set; }

    public double Sum { get; set; }

    public double Last { get; set; }

    /// <summary>For a histogram: the values.</summary>
    public List<double> Values { get; set; } = [];

    /// <summary>The point of the curve.</summary>
    [JsonIgnore]
    public double Combined => Aggregation switch
    {
        StatisticAggregation.Sum => Sum,
        StatisticAggregation.MostRecent => Last,
        _ => Sum / Count,
    };

    public void Add(double value)
    {
        Count++;
        Sum += value;
        Last = value;
        if (Aggregation == StatisticAggregation.Histogram && Values.Count < HistogramValues)
        {
            Values.Add(value);
        }
    }

    /// <summary>Adds what another process counted after this.</summary>
    public void Add(StatisticTotal other)
    {
        Count += other.Count;
        Sum += other.Sum;
        Last = other.Last;
        Values.AddRange(other.Values.Take(HistogramValues - Values.Count));
    }
}

/// <summary>The totals of all keys.</summary>
internal sealed class StatisticTotals
{
    private readonly SortedDictionary<string, StatisticTotal> totals = new(StringComparer.Ordinal);

    public int Count => totals.Count;

    public IReadOnlyCollection<StatisticTotal> All => totals.Values;

    /// <summary>Adds one value; one that is not a number is left out.</summary>
    public void Add(in PlayerStatistic statistic)
    {
        if (float.IsFinite(statistic.Value))
        {
            Of(statistic.Key, statistic.Aggregation).Add(statistic.Value);
        }
    }

    public void Add(StatisticTotal total) => Of(total.Key, total.Aggregation).Add(total);

    public void Clear() => totals.Clear();

    // When a scene reports a key with another way of combining its values, the total of that key begins anew.
    private StatisticTotal Of(string key, StatisticAggregation aggregation)
    {
        if (!totals.TryGetValue(key, out StatisticTotal? total) || total.Aggregation != aggregation)
        {
            totals[key] = total = new StatisticTotal { Key = key, Aggregation = aggregation };
        }

        return total;
    }
}
