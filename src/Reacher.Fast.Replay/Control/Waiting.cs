using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Control;

/// <summary>Waits that cost no core, keep the heart beating and end when the run does.</summary>
public static class Waiting
{
    /// <summary>Waits until the learner may make <paramref name="updates"/> updates. False: the run is to end.</summary>
    public static bool ForUpdate(ControlBlock control, in ProcessSlot self, int updates = 1)
    {
        ArgumentNullException.ThrowIfNull(control);
        if (control.ShouldStop)
        {
            return false;
        }

        if (control.Limiter.MayUpdate(updates))
        {
            return true;
        }

        ProcessPhase before = self.Phase;
        ProcessSlot slot = self;
        slot.Phase = ProcessPhase.Waiting;
        Backoff backoff = default;
        while (!control.ShouldStop && !control.Limiter.MayUpdate(updates))
        {
            Pause(ref backoff, slot);
        }

        slot.Phase = before;
        return !control.ShouldStop;
    }

    /// <summary>Waits until an environment may step. False: the run is to end.</summary>
    public static bool ForStep(ControlBlock control, in ProcessSlot self)
    {
        ArgumentNullException.ThrowIfNull(control);
        if (control.ShouldStop)
        {
            return false;
        }

        if (control.Limiter.MayStep())
        {
            return true;
        }

        ProcessPhase before = self.Phase;
        ProcessSlot slot = self;
        slot.Phase = ProcessPhase.Waiting;
        Backoff backoff = default;
        while (!control.ShouldStop && !control.Limiter.MayStep())
        {
            Pause(ref backoff, slot);
        }

        slot.Phase = before;
        return !control.ShouldStop;
    }

    /// <summary>One turn of a wait of one's own: a sign of life before each sleep.</summary>
    public static void Pause(ref Backoff backoff, in ProcessSlot self)
    {
        if (backoff.WillSleep)
        {
            self.Beat();
        }

        backoff.Wait();
    }
}
