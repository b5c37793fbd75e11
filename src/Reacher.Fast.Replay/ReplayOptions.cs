namespace Reacher.Fast.Replay;

/// <summary>How a replay file is created and mapped; the defaults suit a training run.</summary>
public sealed record ReplayOptions
{
    /// <summary>Replaces an existing file (by a new one; processes that still map the old one keep it).</summary>
    public bool Overwrite { get; init; }

    /// <summary>Maps every page at once, so that no first write or read of a page pays for it; costs about 0.1 s per gigabyte.</summary>
    public bool Populate { get; init; }

    /// <summary>How long to wait, on opening, for a creator that has not finished yet.</summary>
    public TimeSpan OpenPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The position that the first row gets; other than 0 only to test counters far from it.</summary>
    public long FirstPosition { get; init; }
}
