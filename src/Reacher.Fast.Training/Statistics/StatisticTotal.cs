using System.Text.Json.Serialization;
using Reacher.Fast.Core.Files;
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

/// <summary>
/// The totals of all keys. A scene that makes up a key for each value would fill the memory and the disk, so only the first
/// <see cref="MostKeys"/> that are not too long are taken, and the user is told of the first one that is not.
/// </summary>
internal sealed class StatisticTotals
{
    /// <summary>Keys of one run that are recorded.</summary>
    public const int MostKeys = 1000;

    /// <summary>Characters of a key.</summary>
    public const int LongestKey = 200;

    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, StatisticTotal> totals = new(StringComparer.Ordinal);

    public int Count => totals.Count;

    /// <summary>What the user is to be told once a key was left out; else null.</summary>
    public string? Refusal { get; private set; }

    public IReadOnlyCollection<StatisticTotal> All => totals.Values;

    /// <summary>Adds one value; one that is not a number is left out.</summary>
    public void Add(in PlayerStatistic statistic)
    {
        if (float.IsFinite(statistic.Value))
        {
            Of(statistic.Key, statistic.Aggregation)?.Add(statistic.Value);
        }
    }

    public void Add(StatisticTotal total) => Of(total.Key, total.Aggregation)?.Add(total);

    public void Clear() => totals.Clear();

    // When a scene reports a key with another way of combining its values, the total of that key begins anew.
    private StatisticTotal? Of(string key, StatisticAggregation aggregation)
    {
        if (key.Length > LongestKey || (known.Count >= MostKeys && !known.Contains(key)))
        {
            Refusal ??= $"The scene reports more statistics than are recorded: {QuotedName.Of(key)} and others are left out. At most {MostKeys} " +
                $"keys of at most {LongestKey} characters are taken.";
            return null;
        }

        known.Add(key);
        if (!totals.TryGetValue(key, out StatisticTotal? total) || total.Aggregation != aggregation)
        {
            totals[key] = total = new StatisticTotal { Key = key, Aggregation = aggregation };
        }

        return total;
    }
}
