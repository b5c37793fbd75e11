using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Processes;

/// <summary>What the process returns to the shell.</summary>
internal static class ExitCodes
{
    /// <summary>The verb did what it was asked to do.</summary>
    public const int Done = 0;

    /// <summary>The verb failed, for no fault of the user's input.</summary>
    public const int Failed = 1;

    /// <summary>A flag, a file or a folder that the user named is wrong.</summary>
    public const int Usage = 2;

    /// <summary>SIGINT or SIGTERM ended the verb, cleanly.</summary>
    public const int Interrupted = 130;

    /// <summary>The code of a run that ended for <paramref name="reason"/>.</summary>
    public static int Of(StopReason reason) => reason switch
    {
        StopReason.Interrupted => Interrupted,
        StopReason.Failed => Failed,
        _ => Done,
    };
}
