using System.Diagnostics;
using Reacher.Fast.Core;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Processes;

/// <summary>One place among a run's processes: the process that fills it now, its slot, and how often it may die in a row.</summary>
internal sealed class SupervisedChild(ProcessSlot slot, string name, RestartPolicy restarts, ProcessLog log, Func<ProcessLog, ChildProcess> start)
    : IDisposable
{
    // The first turns of a loop are compiled while they run, which on a busy machine can take longer than a later turn may. Without this
    // allowance a process would be killed as hung that is well.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private readonly ProcessSlot slot = slot;
    private Stopwatch lifetime = Stopwatch.StartNew();
    private TimeSpan processorTime;
    private TimeSpan processorTimeAt;

    public string Name { get; } = name;

    public ProcessSlot Slot => slot;

    public RestartPolicy Restarts { get; } = restarts;

    public ChildProcess? Child { get; private set; }

    /// <summary>Whether the process has been ended with the run, and is not to be started again.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Share of one core used since the last call, in per cent.</summary>
    public double ProcessorPercent()
    {
        TimeSpan used = Child?.ProcessorTime ?? TimeSpan.Zero, at = lifetime.Elapsed;
        double percent = at > processorTimeAt ? 100 * (used - processorTime) / (at - processorTimeAt) : 0;
        (processorTime, processorTimeAt) = (used, at);
        return Math.Max(0, percent);
    }

    public void Start()
    {
        slot.Phase = ProcessPhase.Starting;
        Child = start(log);
        lifetime = Stopwatch.StartNew();
        processorTime = processorTimeAt = TimeSpan.Zero;
    }

    /// <summary>
    /// Starts the process again if it has died, and kills it first if it hangs. The supervisor calls this several times a second.
    /// </summary>
    /// <param name="longestTurn">How long a process in its loop may give no sign of life before it counts as hung.</param>
    /// <param name="longestStart">The same for a process that is on its way into its loop, or saves.</param>
    /// <returns>What happened, as a sentence for the user; null if all is well.</returns>
    /// <exception cref="ChildFailedException">It has died too often in a row; or it is the learner and cannot have what it needs any
    /// more.</exception>
    /// <exception cref="InputException">It is the learner and refused its input at its first start: it would at the next, too.</exception>
    public string? RestartIfDeadOrHung(TimeSpan longestTurn, TimeSpan longestStart)
    {
        if (Child is null || IsDone)
        {
            return null;
        }

        string what;
        string? why = null;
        if (Child.HasExited)
        {
            Child.WaitForExit(TimeSpan.FromSeconds(1));
            RefuseWrongInput(Child);
            what = $"died with exit code {Child.ExitCode}";
            why = Child.LastError;
        }
        else
        {
            TimeSpan silent = TimeSpan.FromMilliseconds(Math.Max(0, Environment.TickCount64 - slot.LastHeartbeat));
            bool inLoop = lifetime.Elapsed > WarmUp && slot.Pid == Child.Id && slot.Phase is ProcessPhase.Running or ProcessPhase.Waiting;
            TimeSpan quiet = silent < lifetime.Elapsed ? silent : lifetime.Elapsed;
            if (quiet <= (inLoop ? longestTurn : longestStart))
            {
                return null;
            }

            Child.Kill();
            Child.WaitForExit(TimeSpan.FromSeconds(2));
            what = $"gave no sign of life for {quiet.TotalSeconds:F1} s and was killed";
        }

        if (!Restarts.MayRestart(lifetime.Elapsed))
        {
            throw new ChildFailedException(
                $"{Name} {what} {Restarts.InARow} times in a row; its last words (all of them in " +
                $"run_logs/{Name}.log):{Environment.NewLine}{Child.LastWords}");
        }

        Child.Dispose();
        slot.AddRestart();
        Start();
        return why is null ? $"{Name} {what} and was started again" : $"{Name} {what} and was started again; it said: {why}";
    }

    // For the learner alone, because a Unity player that fails to start may well start the next time. A learner that refuses at its first
    // start was given wrong input; one that was well and now refuses has lost what it needs, such as its GPU. Starting either again would
    // change nothing.
    private void RefuseWrongInput(ChildProcess ended)
    {
        if (ended.ExitCode == ExitCodes.Usage && slot.Role == ProcessRole.Learner)
        {
            string why = ended.LastError ?? ended.LastWords;
            throw Restarts.Total == 0 ? new InputException(why) : new ChildFailedException($"{Name} cannot go on: {why}");
        }
    }

    /// <summary>Waits for the process to end by itself, and kills it when it does not.</summary>
    /// <param name="timeout">How long it may take.</param>
    public void End(TimeSpan timeout)
    {
        if (Child is { HasExited: false } && !Child.WaitForExit(timeout))
        {
            Child.Kill();
            Child.WaitForExit(TimeSpan.FromSeconds(2));
        }

        IsDone = true;
    }

    public void Dispose()
    {
        Child?.Dispose();
        log.Dispose();
    }
}

/// <summary>A process of the run has died too often in a row; the message quotes its last words.</summary>
internal sealed class ChildFailedException(string message) : Exception(message);
