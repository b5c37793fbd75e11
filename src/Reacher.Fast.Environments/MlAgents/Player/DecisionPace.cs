namespace Reacher.Fast.Environments.MlAgents.Player;

/// <summary>Holds a player to the pace of one on a screen: a decision takes its simulated time over the trainer's time scale.</summary>
/// <param name="decision">Simulated time of one decision; null to hold nothing up.</param>
/// <param name="clock">Tells the time and waits.</param>
internal sealed class DecisionPace(TimeSpan? decision, TimeProvider clock)
{
    private long dueAt = clock.GetTimestamp();

    /// <summary>
    /// Waits until the next decision is due. One that came late puts off those after it: lost time is not made up by haste.
    /// </summary>
    public async ValueTask WaitAsync(float timeScale, CancellationToken cancellation)
    {
        if (decision is null)
        {
            return;
        }

        long now = clock.GetTimestamp();
        if (dueAt > now)
        {
            // In whole milliseconds, rounded down; the next wait has what is left, since it is to the moment and not from now.
            await Task.Delay(clock.GetElapsedTime(now, dueAt), clock, cancellation).ConfigureAwait(false);
        }

        dueAt = Math.Max(now, dueAt) + (long)(decision.Value.TotalSeconds / timeScale * clock.TimestampFrequency);
    }
}
