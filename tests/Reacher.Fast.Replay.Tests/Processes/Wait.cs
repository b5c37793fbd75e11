using System.Diagnostics;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Tests.Processes;

/// <summary>Waits for what other processes do.</summary>
internal static class Wait
{
    /// <summary>Long enough for the slowest machine: a test that waits so long has failed.</summary>
    public static readonly TimeSpan LongestPatience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Waits until <paramref name="condition"/> holds; fails the test where it never does, with what <paramref name="what"/>
    /// says then.
    /// </summary>
    public static void Until(Func<bool> condition, Func<string> what, TimeSpan? patience = null)
    {
        long began = Stopwatch.GetTimestamp();
        Backoff backoff = default;
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(began) > (patience ?? LongestPatience))
            {
                Assert.Fail($"Waited in vain for {what()}.");
            }

            backoff.Wait();
        }
    }
}
