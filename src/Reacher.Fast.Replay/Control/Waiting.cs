using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Control;

/// <summary>Waits that cost no core, keep the heart beating and end when the run does.</summary>
public static class Waiting
{
    /// <summary>Waits until the learner may make <paramref name="updates"/> updates. False: the run is to end.</summary>
    public static bool ForUpdate(ControlBlock control, in ProcessSlot self, int updates = 1)
    {
        ArgumentNullException.ThrowIfNull(control);
        return !control.ShouldStop &&
            (control.Limiter.MayUpdate(updates) || Wait(control, self, updates, static (run, wanted) => run.Limiter.MayUpdate(wanted)));
    }

    /// <summary>Waits until an environment may step. False: the run is to end.</summary>
    public static bool ForStep(ControlBlock control, in ProcessSlot self)
    {
        ArgumentNullException.ThrowIfNull(control);
        return !control.ShouldStop && (control.Limiter.MayStep() || Wait(control, self, 0, static (run, _) => run.Limiter.MayStep()));
    }

    /// <summary>Waits until the next <paramref name="rows"/> rows may be written to a replay that has a gate. False: the run is to end.</summary>
    internal static bool ForRoom(ControlBlock control, in ProcessSlot self, ReplayFile replay, int rows) =>
        !control.ShouldStop &&
        (replay.HasRoom(rows) || Wait(control, self, (replay, rows), static (_, wanted) => wanted.replay.HasRoom(wanted.rows)));

    /// <summary>One turn of a wait of one's own: a sign of life before each sleep.</summary>
    public static void Pause(ref Backoff backoff, in ProcessSlot self)
    {
        if (backoff.WillSleep)
        {
            self.Beat();
        }

        backoff.Wait();
    }

    private static bool Wait<TWanted>(ControlBlock control, ProcessSlot self, TWanted wanted, Func<ControlBlock, TWanted, bool> may)
    {
        ProcessPhase before = self.Phase;
        self.Phase = ProcessPhase.Waiting;
        Backoff backoff = default;
        while (!control.ShouldStop && !may(control, wanted))
        {
            Pause(ref backoff, self);
        }

        self.Phase = before;
        return !control.ShouldStop;
    }
}
