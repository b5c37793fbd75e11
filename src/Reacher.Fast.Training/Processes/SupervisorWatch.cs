using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// A child's rule of life: when its supervisor is gone it ends. A thread looks every quarter of a second; the loop is asked first,
/// and one second later the process ends itself, whatever the loop hangs in. So no orphan outlives its supervisor by 2 s.
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

    /// <param name="supervisor">Whom to watch: an incarnation, so that another process with its pid does not count.</param>
    /// <param name="exit">Ends the process with a code; <see cref="Environment.Exit"/> but in tests.</param>
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
