using System.Runtime.InteropServices;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>The <see cref="EndSignals"/> of a run, while this lives: the first asks the run to stop, the second ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly ControlBlock control;
    private readonly Action? stopping;
    private readonly Action? leaving;
    private readonly CancellationTokenSource first = new();
    private readonly EndSignals signals;
    private int count;

    /// <param name="control">Its stop flag is set by the first; must outlive this.</param>
    /// <param name="stopping">Called once the first has set the flag, on a signal's thread; null for nothing.</param>
    /// <param name="leaving">Called before the second ends the process, on a signal's thread; null for nothing.</param>
    public StopSignals(ControlBlock control, Action? stopping = null, Action? leaving = null)
    {
        (this.control, this.stopping, this.leaving) = (control, stopping, leaving);
        signals = new EndSignals(OnSignal);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken First => first.Token;

    /// <summary>Whether the second signal has come, whose thread is ending the process.</summary>
    public bool IsLeaving => Volatile.Read(ref count) > 1;

    private bool IsAsked => Volatile.Read(ref count) > 0;

    public void Dispose()
    {
        signals.Dispose();
        first.Dispose();
    }

    private void OnSignal(PosixSignal signal)
    {
        // A terminal that is closed sends SIGHUP several times, and systemd may send it after SIGTERM. Only a user asks a second time, and not
        // by SIGHUP.
        if (signal == PosixSignal.SIGHUP && IsAsked)
        {
            return;
        }

        if (Interlocked.Increment(ref count) == 1)
        {
            control.RequestStop(StopReason.Interrupted);
            first.Cancel();
            stopping?.Invoke();
            return;
        }

        // The user has asked a second time and will not wait for the run to end cleanly: no checkpoint is saved and no summary is written.
        leaving?.Invoke();
        Environment.Exit(ExitCodes.Interrupted);
    }
}
