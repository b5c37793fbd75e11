using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// The environment that a run is planned with, made before the run has a folder: the plan needs its sizes, and whatever is wrong with it
/// must show before anything else is made. Until it is disposed, a player's log lies in a temporary folder, which is deleted with it, and
/// a signal ends the player before it ends this process, which would otherwise leave the player behind.
/// </summary>
internal sealed class PlanningEnvironment : IDisposable
{
    private readonly CancellationTokenSource interrupted = new();
    private readonly DirectoryInfo? logs;
    private readonly EndSignals? signals;
    private readonly string name;
    private bool disposed;

    private PlanningEnvironment(EnvironmentOptions plan, int worker)
    {
        name = plan.Name;
        if (plan.IsPlayer)
        {
            logs = Directory.CreateTempSubdirectory("reacher-fast-player-");
            signals = new EndSignals(_ => OnSignal());
        }

        try
        {
            Environment = EnvironmentFactory.Create(plan, worker, logs?.FullName, cancellation: interrupted.Token);
        }
        catch
        {
            CleanUp();
            throw;
        }
    }

    public IVectorEnvironment Environment { get; }

    /// <summary>The behaviour's name as the player's scene or the program has it; null for a built-in environment, which has none.</summary>
    public string? Behavior =>
        Environment is MlAgentsEnvironment player ? BehaviorName.OfScene(player.BehaviorName) : ProgramEnvironments.BehaviorOf(name);

    /// <summary>Makes it. Parameters and errors as for <see cref="EnvironmentFactory.Create"/>.</summary>
    /// <exception cref="OperationCanceledException">A signal came while a player was awaited.</exception>
    public static PlanningEnvironment Open(EnvironmentOptions plan, int worker) => new(plan, worker);

    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            Environment.Dispose();
            CleanUp();
        }
    }

    // Training that goes on with the player has a signal handler of its own and ends between two steps, so the player is given time for
    // the step.
    private void OnSignal() => interrupted.CancelAfter(Environment is null ? TimeSpan.Zero : StopDeadline.Grace);

    private void CleanUp()
    {
        signals?.Dispose();
        try
        {
            logs?.Delete(recursive: true);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            // A player that was just killed may still have written to its log; what is left the system clears with its temporary files.
        }
    }
}
