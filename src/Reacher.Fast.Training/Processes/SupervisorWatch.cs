using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// Ends a child process when its supervisor is gone. A thread asks every quarter of a second whether the supervisor lives. When it
/// does not, the loop is asked to end (<see cref="SupervisorGone"/>), and one second later the thread ends the process, whatever the loop
/// hangs in. Without it a child whose supervisor was killed would train on unseen, and hold its slot against the resumed run; with it
/// none outlives its supervisor by 2 s.
/// </summary>
internal sealed class SupervisorWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly ulong supervisor;
    private readonly Action<int> exit;
    private readonly CancellationTokenSource gone = new();
    private readonly ManualResetEventSlim ended = new();
    private readonly Thread thread;

    /// <param name="supervisor">The supervisor's incarnation, so that another process that is given its pid is not taken for it.</param>
    /// <param name="exit">Ends the process with a code; null for <see cref="Environment.Exit"/>, which tests replace.</param>
    public SupervisorWatch(ulong supervisor, Action<int>? exit = null)
    {
        this.supervisor = supervisor;
        this.exit = exit ?? Environment.Exit;
        thread = new Thread(Watch) { IsBackground = true, Name = "supervisor watch" };
        thread.Start();
    }

    /// <summary>Cancelled when the supervisor is gone.</summary>
    public CancellationToken SupervisorGone => gone.Token;

    public void Dispose()
    {
        ended.Set();
        thread.Join();
        gone.Dispose();
        ended.Dispose();
    }

    private void Watch()
    {
        while (ProcessIdentity.IsAlive(supervisor))
        {
            if (ended.Wait(Interval))
            {
                return;
            }
        }

        gone.Cancel();
        if (!ended.Wait(Grace))
        {
            exit(ExitCodes.Failed);
        }
    }
}
