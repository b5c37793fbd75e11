namespace Reacher.Fast.Replay.Mapping;

/// <summary>
/// How everyone here waits for another process: a few hundred cycles of spinning, a few yields, then sleeps that grow from
/// 0.2 to 1 ms, so that waiting costs no core and answers within a millisecond. Start over with <see cref="Reset"/>.
/// </summary>
public struct Backoff
{
    private const int Spins = 6;
    private const int Yields = 4;
    private const uint FirstSleepMicroseconds = 200;
    private const uint LongestSleepMicroseconds = 1000;

    private int rounds;

    /// <summary>Whether the next <see cref="Wait"/> sleeps: the moment to give a sign of life.</summary>
    public readonly bool WillSleep => rounds >= Spins + Yields;

    /// <summary>Waits a little, longer each time.</summary>
    public void Wait()
    {
        int round = rounds;
        rounds = Math.Min(round + 1, Spins + Yields + 4);
        if (round < Spins && Environment.ProcessorCount > 1)
        {
            Thread.SpinWait(8 << round);
        }
        else if (round < Spins + Yields)
        {
            Thread.Yield();
        }
        else if (OperatingSystem.IsLinux())
        {
            uint doubled = FirstSleepMicroseconds << (round - Spins - Yields);
            _ = NativeMethods.Usleep(Math.Min(doubled, LongestSleepMicroseconds));
        }
        else
        {
            Thread.Sleep(1);
        }
    }

    /// <summary>What was waited for has come.</summary>
    public void Reset() => rounds = 0;
}
