using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Processes;

/// <summary>What the process returns to the shell.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed, for no fault of the user's input.</summary>
    public const int Failed = 1;

    /// <summary>A wrong flag, file or folder.</summary>
    public const int Usage = 2;

    /// <summary>Ended by SIGINT or SIGTERM, cleanly.</summary>
    public const int Interrupted = 130;

    /// <summary>That of a run that ended so.</summary>
    public static int Of(StopReason reason) => reason switch
    {
        StopReason.Interrupted => Interrupted,
        StopReason.Failed => Failed,
        _ => Done,
    };
}
