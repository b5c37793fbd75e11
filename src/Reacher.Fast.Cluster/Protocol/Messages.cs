namespace Reacher.Fast.Cluster.Protocol;

/// <summary>What a machine is told that asks for a run's plan.</summary>
[GenerateSerializer]
[Alias("RunAnswer")]
internal sealed class RunAnswer
{
    /// <summary>The version of the run's program.</summary>
    [Id(0)]
    public required string Version { get; init; }

    /// <summary>The plan, as its file has it; null to a program of another version.</summary>
    [Id(1)]
    public string? Plan { get; init; }
}

/// <summary>What a machine is told that asks for a place.</summary>
[GenerateSerializer]
[Alias("PlaceAnswer")]
internal sealed class PlaceAnswer
{
    /// <summary>Why there is none, as a sentence; null where there is.</summary>
    [Id(0)]
    public string? Refusal { get; init; }

    /// <summary>The place in the run's acknowledgement log.</summary>
    [Id(1)]
    public int Stream { get; init; }

    /// <summary>Which life of the machine this is.</summary>
    [Id(2)]
    public ulong Incarnation { get; init; }

    /// <summary>The numbers of the machine's env processes.</summary>
    [Id(3)]
    public int[] Environments { get; init; } = [];

    /// <summary>For each, the vector steps made under its number before.</summary>
    [Id(4)]
    public long[] VectorSteps { get; init; } = [];

    /// <summary>For each, the episodes finished under its number before.</summary>
    [Id(5)]
    public long[] Episodes { get; init; } = [];
}

/// <summary>What came of a frame.</summary>
[GenerateSerializer]
[Alias("FrameAnswer")]
internal sealed class FrameAnswer
{
    /// <summary>Every row of the machine before this position is in the replay.</summary>
    [Id(0)]
    public ulong Mark { get; init; }

    /// <summary>Why the frame was not taken, as a sentence; null where it was, or where it is to come again.</summary>
    [Id(1)]
    public string? Refusal { get; init; }

    /// <summary>Whether the machine has no place any more, and must join anew.</summary>
    [Id(2)]
    public bool MustRejoin { get; init; }

    /// <summary>Whether the frame came before its predecessor and is published after it; until then it is not acknowledged.</summary>
    [Id(3)]
    public bool IsKept { get; init; }
}

/// <summary>What a machine says of itself, some ten times a second.</summary>
[GenerateSerializer]
[Alias("MachineReport")]
internal sealed class MachineReport
{
    /// <summary>Which life of the machine says it.</summary>
    [Id(0)]
    public ulong Incarnation { get; init; }

    /// <summary>Rows in its ring that are not acknowledged.</summary>
    [Id(1)]
    public long Waiting { get; init; }

    /// <summary>The version of the weights in its file.</summary>
    [Id(2)]
    public long WeightVersion { get; init; }

    /// <summary>Its env processes.</summary>
    [Id(3)]
    public EnvironmentReport[] Environments { get; init; } = [];
}

/// <summary>What an env process of another machine has come to.</summary>
[GenerateSerializer]
[Alias("EnvironmentReport")]
internal struct EnvironmentReport
{
    /// <summary>Its number.</summary>
    [Id(0)]
    public int Index { get; set; }

    /// <summary>Vector steps under its number.</summary>
    [Id(1)]
    public long VectorSteps { get; set; }

    /// <summary>Episodes under its number.</summary>
    [Id(2)]
    public long Episodes { get; set; }

    /// <summary>The score of the last.</summary>
    [Id(3)]
    public double Score { get; set; }

    /// <summary>The gauges of its slot, as many as are used.</summary>
    [Id(4)]
    public double[] Gauges { get; set; }
}

/// <summary>What a machine is told that has reported.</summary>
[GenerateSerializer]
[Alias("ReportAnswer")]
internal sealed class ReportAnswer
{
    /// <summary>Whether the machine has no place any more, and must join anew.</summary>
    [Id(0)]
    public bool MustRejoin { get; init; }

    /// <summary>Every row of the machine before this position is in the replay.</summary>
    [Id(1)]
    public ulong Mark { get; init; }

    /// <summary>Why the run ends, as a number; 0 while it goes on.</summary>
    [Id(2)]
    public int StopReason { get; init; }

    /// <summary>Transitions of the whole run.</summary>
    [Id(3)]
    public long Transitions { get; init; }

    /// <summary>Publications of weights so far.</summary>
    [Id(4)]
    public long Publication { get; init; }
}

/// <summary>A piece of weights.</summary>
[GenerateSerializer]
[Immutable]
[Alias("WeightAnswer")]
internal sealed class WeightAnswer
{
    /// <summary>Which publication this is.</summary>
    [Id(0)]
    public long Publication { get; init; }

    /// <summary>The updates that they are the result of.</summary>
    [Id(1)]
    public long Version { get; init; }

    /// <summary>CRC32C of all the weights' bytes.</summary>
    [Id(2)]
    public uint Checksum { get; init; }

    /// <summary>Bytes of all the weights.</summary>
    [Id(3)]
    public int Length { get; init; }

    /// <summary>The piece: floats, little-endian.</summary>
    [Id(4)]
    public required byte[] Piece { get; init; }
}

/// <summary>A machine as the run's machine knows it.</summary>
[GenerateSerializer]
[Alias("MachineAnswer")]
internal sealed class MachineAnswer
{
    /// <summary>Its name.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Its env processes.</summary>
    [Id(1)]
    public int Environments { get; init; }

    /// <summary>Rows that are in the replay.</summary>
    [Id(2)]
    public long Rows { get; init; }

    /// <summary>Rows that were not acknowledged when it last spoke.</summary>
    [Id(3)]
    public long Waiting { get; init; }

    /// <summary>Updates by which its weights are behind.</summary>
    [Id(4)]
    public long WeightsBehind { get; init; }

    /// <summary>Milliseconds since it last spoke.</summary>
    [Id(5)]
    public long SilentMilliseconds { get; init; }

    /// <summary>Milliseconds for which the rate limiter has held its rows.</summary>
    [Id(6)]
    public long HeldMilliseconds { get; init; }

    /// <summary>Frames that came again.</summary>
    [Id(7)]
    public long Resent { get; init; }
}
