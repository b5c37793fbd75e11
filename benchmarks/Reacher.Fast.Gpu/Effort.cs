namespace Reacher.Fast.Gpu;

/// <summary>How much of a step is done.</summary>
internal enum Effort
{
    /// <summary>All of it.</summary>
    Full,

    /// <summary>The part that matters for a comparison, or under a tool that slows everything down.</summary>
    Quick,

    /// <summary>As little as passes through all of the code: to try the steps on the emulated GPU, whose speeds mean nothing.</summary>
    Dry,
}
