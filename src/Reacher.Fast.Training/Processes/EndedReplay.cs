using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// What becomes of a run's replay at its end. A run that ended by itself needs it no more, and it is by far the largest of its files; one
/// that was interrupted or failed is to go on with it.
/// </summary>
internal static class EndedReplay
{
    /// <summary>Deletes the replay of a run that ended by itself, unless the run is to keep it. Nobody here may have it open any more.</summary>
    /// <param name="files">The run's folder.</param>
    /// <param name="plan">Says whether to keep it.</param>
    /// <param name="exitCode">How the run ended.</param>
    /// <param name="warn">Takes a sentence for the user where it could not be deleted.</param>
    public static void DeleteUnlessKept(RunFolder files, RunPlan plan, int exitCode, Action<string> warn)
    {
        if (plan.SaveReplay || exitCode != ExitCodes.Done)
        {
            return;
        }

        try
        {
            File.Delete(files.Replay);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            warn(
                $"The replay '{files.Replay}' could not be deleted ({error.Message.TrimEnd('.')}); the run needs it no more, so delete it " +
                "yourself.");
        }
    }
}
