using Reacher.Fast.Core;

namespace Reacher.Fast.Training.Cluster;

/// <summary>What a machine is in a run that it has joined.</summary>
/// <param name="Endpoint">Where the run's machine listens.</param>
/// <param name="Stream">The machine's place in the run's acknowledgement log.</param>
/// <param name="Incarnation">Which life of the machine this is.</param>
/// <param name="Environments">The numbers of its env processes among those of the whole run.</param>
internal sealed record Membership(ClusterEndpoint Endpoint, int Stream, ulong Incarnation, IReadOnlyList<int> Environments)
{
    private const int LargestFile = 1 << 16;

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static Membership Load(string path) => ClusterFile.Load<Membership>(path, LargestFile);

    /// <summary>Keeps it for the process that sends rows.</summary>
    /// <exception cref="InputException">It cannot be written.</exception>
    public void Save(string path) => ClusterFile.Save(path, this);
}

/// <summary>A place in a run, as its machine gives it.</summary>
/// <param name="Stream">The place in the run's acknowledgement log.</param>
/// <param name="Incarnation">Which life of the machine this is.</param>
/// <param name="Environments">The env processes of the machine, each with what earlier ones of its number have counted.</param>
internal sealed record JoinedPlace(int Stream, ulong Incarnation, IReadOnlyList<JoinedEnvironment> Environments);

/// <summary>An env process of a machine that has joined, as it begins.</summary>
/// <param name="Index">Its number among the env processes of the whole run.</param>
/// <param name="VectorSteps">Vector steps that were made under this number before, so that none of their seeds is played again.</param>
/// <param name="Episodes">Episodes that were finished under this number before.</param>
internal sealed record JoinedEnvironment(int Index, long VectorSteps, long Episodes);

/// <summary>What a run's machine knows of one that has joined.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Environments">Its env processes.</param>
/// <param name="Rows">Rows of this life of it that are in the run's replay.</param>
/// <param name="Waiting">Rows in its ring that are not acknowledged yet.</param>
/// <param name="WeightsBehind">Updates by which its weights are behind the newest.</param>
/// <param name="SilentSeconds">For how long it has not been heard of.</param>
/// <param name="HeldSeconds">For how long the run's rate limiter has held its rows, all in all.</param>
/// <param name="ResentFrames">Frames that came again, and were dropped.</param>
internal sealed record MachineStatus(
    string Name, int Environments, long Rows, long Waiting, long WeightsBehind, double SilentSeconds, double HeldSeconds, long ResentFrames);
