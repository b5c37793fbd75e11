using System.Runtime.InteropServices;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// An environment that was made before the run has a folder: its sizes are needed for the plan, and whatever is wrong with it is to show before
/// anything else is made. A player's log lies in a temporary folder meanwhile, which goes with the environment; and a signal ends the player before
/// it ends this process.
/// </summary>
internal sealed class EnvironmentProbe : IDisposable
{
    private readonly CancellationTokenSource interrupted = new();
    private readonly DirectoryInfo? logs;
    private readonly PosixSignalRegistration? interrupt;
    private readonly PosixSignalRegistration? terminate;
    private bool disposed;

    private EnvironmentProbe(EnvironmentOptions plan, int worker)
    {
        if (plan.IsPlayer)
        {
            logs = Directory.CreateTempSubdirectory("reacher-fast-player-");
            interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
            terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        }

        try
        {
            Environment = EnvironmentFactory.Create(plan, worker, logs?.FullName, cancellation: interrupted.Token);
        }
        catch
        {
            Forget();
            throw;
        }
    }

    public IVectorEnvironment Environment { get; }

    /// <summary>Makes it. Parameters and errors as for <see cref="EnvironmentFactory.Create"/>.</summary>
    /// <exception cref="OperationCanceledException">A signal came while a player was awaited.</exception>
    public static EnvironmentProbe Open(EnvironmentOptions plan, int worker) => new(plan, worker);

    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            Environment.Dispose();
            Forget();
        }
    }

    // Whoever goes on with the player has a handler of its own and sees the signal in its loop, between two steps.
    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        interrupted.CancelAfter(Environment is null ? TimeSpan.Zero : StopDeadline.Grace);
    }

    private void Forget()
    {
        interrupt?.Dispose();
        terminate?.Dispose();
        try
        {
            logs?.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A player that was just killed may write its last line meanwhile; the system clears its temporary files itself.
        }
    }
}
