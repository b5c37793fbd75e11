using Reacher.Fast.Core;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Cluster;

/// <summary>
/// Everything of a run on several machines that needs Orleans, which the optional assembly <c>Reacher.Fast.Cluster</c> brings. What crosses
/// between machines, and what survives which death, is in docs/cluster.md.
/// </summary>
internal interface IClusterBackend
{
    /// <summary>Receives the rows of other machines and gives them weights, on the run's machine, until the run ends.</summary>
    /// <exception cref="InputException">The address cannot be listened at, or the certificate cannot be used.</exception>
    void Serve(ClusterSeat seat, ClusterEndpoint endpoint);

    /// <summary>Makes sure that a run can be registered in its store, before anything is made.</summary>
    /// <exception cref="InputException">The store cannot be reached or used, or has the run at another address.</exception>
    void RequireStore(ClusterEndpoint endpoint);

    /// <summary>Sends this machine's rows to the run's and brings the newest weights, until the run ends or has no place for it any more.</summary>
    void Forward(ClusterSeat seat, Membership membership);

    /// <summary>Asks a run for its plan.</summary>
    /// <param name="endpoint">Where its machine listens.</param>
    /// <param name="patience">How long to wait for it to listen.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The plan, as its file has it.</returns>
    /// <exception cref="InputException">Nobody listens, or not this program in this version, or the certificate is another.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    string AskForPlan(ClusterEndpoint endpoint, TimeSpan patience, CancellationToken stop);

    /// <summary>Asks for a place for this machine.</summary>
    /// <param name="endpoint">Where the run's machine listens.</param>
    /// <param name="machine">This machine's name, for people.</param>
    /// <param name="environments">How many env processes it will have.</param>
    /// <exception cref="InputException">The run has no place, or cannot be reached.</exception>
    JoinedPlace Join(ClusterEndpoint endpoint, string machine, int environments);

    /// <summary>The machines that have joined a run.</summary>
    /// <exception cref="InputException">The run cannot be reached.</exception>
    IReadOnlyList<MachineStatus> Status(ClusterEndpoint endpoint);

    /// <summary>Makes a certificate and its key, for the machines of a run to know each other by.</summary>
    /// <exception cref="InputException">The file exists, or cannot be written.</exception>
    void MakeCertificate(string path);
}

/// <summary>What the process that speaks to other machines has of its own machine.</summary>
/// <param name="Files">The folder of the run, or of this machine's part in it.</param>
/// <param name="Plan">The run's plan.</param>
/// <param name="Control">The machine's counters.</param>
/// <param name="Weights">The machine's weights.</param>
/// <param name="Self">The slot of this process.</param>
/// <param name="SupervisorGone">Cancelled when the process it ends with is gone.</param>
internal sealed record ClusterSeat(
    RunFolder Files, RunPlan Plan, ControlBlock Control, WeightChannel Weights, ProcessSlot Self, CancellationToken SupervisorGone)
{
    /// <summary>Whether there is nothing left to do.</summary>
    public bool HasEnded => Control.ShouldStop || SupervisorGone.IsCancellationRequested;
}

/// <summary>Which gauge of the slot of the process that sends rows holds what.</summary>
internal static class SenderGauge
{
    /// <summary>1 where the run has no place for this life of the machine any more, which has to join anew.</summary>
    public const int MustRejoin = 0;

    /// <summary>For how many seconds the run's machine has not answered.</summary>
    public const int SilentSeconds = 1;
}
