using System.Globalization;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>The places of a machine's child processes: how they are filled, and how they are emptied at the end.</summary>
internal static class ChildPlaces
{
    private static readonly TimeSpan EndInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>A place whose process ends with this one; nothing is started yet.</summary>
    /// <param name="files">The folder in which the processes meet.</param>
    /// <param name="slot">Where the process shows that it lives; its number is the process's.</param>
    /// <param name="name">Such as <c>env-0</c>.</param>
    /// <param name="verb">Such as <c>role-env</c>.</param>
    /// <param name="maximumRestarts">How often it may die in a row.</param>
    /// <param name="clock">The time that its supervisor watches.</param>
    /// <param name="warned">Told what the child warns of, on any thread.</param>
    /// <param name="environment">Variables that it has beside those of this process; null for none.</param>
    public static SupervisedChild Open(
        RunFolder files,
        ProcessSlot slot,
        string name,
        string verb,
        int maximumRestarts,
        WatchClock clock,
        Action<string> warned,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        string[] arguments =
        [
            verb, files.Folder, "--index", slot.Index.ToString(CultureInfo.InvariantCulture),
            "--supervisor", ProcessIdentity.Current.Incarnation.ToString(CultureInfo.InvariantCulture),
        ];
        return new SupervisedChild(
            slot,
            name,
            new RestartPolicy(maximumRestarts),
            clock,
            new ProcessLog(files.LogOf(name)),
            log => ChildProcess.Start(name, log, arguments, warned, environment));
    }

    /// <summary>
    /// Waits until all have ended, which were asked to, and kills those that have not by the deadline, which all share and which is later for
    /// one that is writing to the disk. Nothing that goes wrong here may hide why the run ends.
    /// </summary>
    public static void End(IReadOnlyList<SupervisedChild> children, WatchClock clock, TimeSpan longest, TimeSpan lastSave, Action<string> say)
    {
        clock.Turn();
        TimeSpan began = clock.Elapsed;
        while (children.Any(child => !child.HasEnded && clock.Elapsed - began < (child.Slot.Phase == ProcessPhase.Saving ? lastSave : longest)))
        {
            Thread.Sleep(EndInterval);
            clock.Turn();
        }

        foreach (SupervisedChild child in children)
        {
            try
            {
                child.Kill();
            }
            catch (Exception error)
            {
                say($"{child.Name} was not ended: {error.Message}");
            }
        }
    }
}
