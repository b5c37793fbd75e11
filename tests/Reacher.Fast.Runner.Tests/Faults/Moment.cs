namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>When it happens to the process.</summary>
public enum Moment
{
    /// <summary>On its way into its loop.</summary>
    Starting,

    /// <summary>In its loop.</summary>
    Running,

    /// <summary>In a write or a flush.</summary>
    Saving,

    /// <summary>When the run has been asked to end and the process has not ended yet.</summary>
    Ending,
}
