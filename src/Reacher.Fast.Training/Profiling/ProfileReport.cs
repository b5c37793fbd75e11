using System.Globalization;

namespace Reacher.Fast.Training.Profiling;

/// <summary>All that <c>profile</c> found: what <c>--json</c> prints, and the table shows.</summary>
internal sealed record ProfileReport
{
    /// <summary>Processor, cores, instruction sets, memory, system, runtime.</summary>
    public required IReadOnlyDictionary<string, string> Machine { get; init; }

    /// <summary>False if it was interrupted.</summary>
    public required bool Complete { get; init; }

    /// <summary>The processor's vector instruction sets beside each other, widest first.</summary>
    public required IReadOnlyList<InstructionSetFigures> InstructionSets { get; init; }

    public required IReadOnlyList<DeviceProfile> Devices { get; init; }

    /// <summary>What was left out and why, and what happened on the way.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>The profile with the learner on one device.</summary>
internal sealed record DeviceProfile
{
    /// <summary>As the device names itself, such as <c>cpu avx2, 1 thread</c>.</summary>
    public required string Device { get; init; }

    /// <summary>What was profiled: algorithm, sizes, agents.</summary>
    public required string Setup { get; init; }

    public required IReadOnlyList<StageFigures> Stages { get; init; }

    /// <summary>Null if it was interrupted before.</summary>
    public WholeRun? Run { get; init; }

    /// <summary>The stage furthest below its limit, as a sentence; null where no stage has one.</summary>
    public string? LargestGap => DescribeGap(Stages);

    private static string? DescribeGap(IReadOnlyList<StageFigures> stages)
    {
        StageFigures[] limited = [.. stages.Where(stage => stage.Percent is not null)];
        if (limited.Length == 0)
        {
            return null;
        }

        StageFigures furthest = limited.MinBy(stage => stage.Percent)!, worth = limited.MaxBy(stage => stage.Gap)!;
        string text = $"The largest gap to a limit is '{furthest.Name}', at {Percent(furthest.Percent!.Value)} of {furthest.LimitName}";
        return furthest == worth
            ? $"{text}; it is also worth most: at its limit {Process(worth)} would be spared {Percent(worth.Gap)} of its time."
            : $"{text}, {Percent(furthest.Share)} of {Process(furthest)}'s time; worth most is '{worth.Name}': " +
                $"at its limit {Process(worth)} would be spared {Percent(worth.Gap)} of its time.";
    }

    /// <summary>Whole per cent, but for less than one.</summary>
    internal static string Percent(double value) => value.ToString(value is > 0 and < 1 ? "F1" : "F0", CultureInfo.InvariantCulture) + " %";

    private static string Process(StageFigures stage) => stage.Role == StageRole.Learner ? "the learner" : "an environment";
}
