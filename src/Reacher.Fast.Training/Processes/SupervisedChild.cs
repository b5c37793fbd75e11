using System.ComponentModel;
using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Processes;

/// <summary>One place among a run's processes: the process that fills it now, its slot, and how often it may die in a row.</summary>
/// <param name="slot">Where the process shows that it lives.</param>
/// <param name="name">Such as <c>env-0</c>.</param>
/// <param name="restarts">Counts its deaths.</param>
/// <param name="clock">The time that the supervisor watches.</param>
/// <param name="log">Takes what its processes print; disposed with this.</param>
/// <param name="start">Starts a process for the place.</param>
internal sealed class SupervisedChild(
    ProcessSlot slot, string name, RestartPolicy restarts, WatchClock clock, ProcessLog log, Func<ProcessLog, ChildProcess> start) : IDisposable
{
    // The first turns of a loop are compiled while they run, which on a busy machine can take longer than a later turn may. Without this
    // allowance a process would be killed as hung that is well.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private readonly ProcessSlot slot = slot;
    private TimeSpan startedAt;
    private TimeSpan retryAt;
    private TimeSpan beatAt;
    private long beats;
    private bool hasRun;
    private int failedStarts;
    private TimeSpan processorTime;
    private TimeSpan processorTimeAt;

    public string Name { get; } = name;

    public ProcessSlot Slot => slot;

    public RestartPolicy Restarts { get; } = restarts;

    /// <summary>The process; null before the first start, and after one that failed until the next.</summary>
    public ChildProcess? Child { get; private set; }

    /// <summary>Whether no process fills the place now.</summary>
    public bool HasEnded => Child is null || Child.HasExited;

    private TimeSpan Lifetime => clock.Elapsed - startedAt;

    /// <summary>Share of one core used since the last call, in per cent.</summary>
    public double ProcessorPercent()
    {
        TimeSpan used = Child?.ProcessorTime ?? TimeSpan.Zero, at = Lifetime;
        double percent = at > processorTimeAt ? 100 * (used - processorTime) / (at - processorTimeAt) : 0;
        (processorTime, processorTimeAt) = (used, at);
        return Math.Max(0, percent);
    }

    /// <summary>Starts the place's process. One that cannot be started counts as one that died.</summary>
    /// <returns>What went wrong, as a sentence for the user; null if it runs.</returns>
    /// <exception cref="ChildFailedException">It has failed too often in a row.</exception>
    public string? Start()
    {
        slot.Phase = ProcessPhase.Starting;
        try
        {
            Child = start(log);
        }
        catch (Exception error) when (IoFailure.Is(error) || error is Win32Exception)
        {
            string what = $"{Name} could not be started ({error.Message.TrimEnd('.')})";
            CountDeath(what, TimeSpan.Zero, lastWords: ".");
            retryAt = clock.Elapsed + Restarts.Pause;
            return string.Create(CultureInfo.InvariantCulture, $"{what}; another try follows in {Restarts.Pause.TotalSeconds:F0} s");
        }

        if (hasRun)
        {
            slot.AddRestart();
        }

        hasRun = true;
        (startedAt, beatAt, beats) = (clock.Elapsed, clock.Elapsed, slot.Heartbeats);
        processorTime = processorTimeAt = TimeSpan.Zero;
        return null;
    }

    /// <summary>
    /// Starts the process again if it has died, and kills it first if it hangs. The supervisor calls this several times a second.
    /// </summary>
    /// <param name="patience">How long it may give no sign of life before it counts as hung.</param>
    /// <returns>What happened, as a sentence for the user; null if all is well.</returns>
    /// <exception cref="ChildFailedException">It has died too often in a row; or it is the learner and cannot have what it needs any
    /// more.</exception>
    /// <exception cref="InputException">It is the learner and refused its input at its first start: it would at the next, too.</exception>
    public string? RestartIfDeadOrHung(Patience patience)
    {
        if (Child is null)
        {
            return clock.Elapsed < retryAt ? null : Start() ?? $"{Name} was started";
        }

        string what;
        string? why = null;
        if (Child.HasExited)
        {
            Child.WaitForExit(TimeSpan.FromSeconds(1));
            RefuseWrongInput(Child);
            what = $"{Name} died with exit code {Child.ExitCode}";
            why = Child.LastError;
        }
        else
        {
            TimeSpan quiet = Silence(Child);
            if (quiet <= patience.Of(slot.Pid == Child.Id && Lifetime > WarmUp ? slot.Phase : ProcessPhase.Starting))
            {
                return null;
            }

            Child.Kill();
            Child.WaitForExit(TimeSpan.FromSeconds(2));
            what = string.Create(CultureInfo.InvariantCulture, $"{Name} gave no sign of life for {quiet.TotalSeconds:F1} s and was killed");
        }

        failedStarts = HasBegun(Child) ? 0 : failedStarts + 1;
        CountDeath(what, Lifetime, $"; its last words (all of them in run_logs/{Name}.log):{Environment.NewLine}{Child.LastWords}");
        Child.Dispose();
        Child = null;
        if (failedStarts > 1)
        {
            // What it died of twice on its way into its loop would kill it again: a disk that fails, a limit, a file that is being replaced.
            retryAt = clock.Elapsed + Restarts.Pause;
            return string.Create(
                CultureInfo.InvariantCulture, $"{what}; another try follows in {Restarts.Pause.TotalSeconds:F0} s{Saying(why)}");
        }

        what = Start() is string failure ? $"{what}; {failure}" : $"{what} and was started again";
        return what + Saying(why);
    }

    /// <summary>Kills the process, if it has not ended.</summary>
    public void Kill()
    {
        if (!HasEnded)
        {
            Child!.Kill();
            Child.WaitForExit(TimeSpan.FromSeconds(2));
        }
    }

    public void Dispose()
    {
        Child?.Dispose();
        log.Dispose();
    }

    private TimeSpan Silence(ChildProcess child)
    {
        // The count is of the place, and goes on from process to process.
        if (slot.Pid == child.Id && slot.Heartbeats != beats)
        {
            (beatAt, beats) = (clock.Elapsed, slot.Heartbeats);
        }

        return clock.Elapsed - beatAt;
    }

    private static string Saying(string? why) => why is null ? "" : $"; it said: {why}";

    // Whether it had come into its loop; its slot keeps what it last showed.
    private bool HasBegun(ChildProcess ended) => slot.Pid == ended.Id && slot.Phase > ProcessPhase.Starting;

    private void CountDeath(string what, TimeSpan lifetime, string lastWords)
    {
        if (!Restarts.MayRestart(lifetime))
        {
            throw new ChildFailedException($"{what} {Restarts.InARow} times in a row{lastWords}");
        }
    }

    // For the learner, and at its first start for the process that speaks to other machines, because a Unity player that fails to start may
    // well start the next time. A learner that refuses at its first
    // start was given wrong input; one that was well and now refuses has lost what it needs, such as its GPU. Starting either again would
    // change nothing.
    private void RefuseWrongInput(ChildProcess ended)
    {
        if (ended.ExitCode == ExitCodes.Usage && slot.Role == ProcessRole.Cluster && Restarts.Total == 0)
        {
            throw new InputException(ended.LastError ?? ended.LastWords);
        }

        if (ended.ExitCode == ExitCodes.Usage && slot.Role == ProcessRole.Learner)
        {
            string why = ended.LastError ?? ended.LastWords;
            throw Restarts.Total == 0 ? new InputException(why) : new ChildFailedException($"{Name} cannot go on: {why}");
        }
    }
}

/// <summary>A process of the run has died too often in a row; the message quotes its last words.</summary>
internal sealed class ChildFailedException(string message) : Exception(message);
