using Orleans.Concurrency;

namespace Reacher.Fast.Cluster.Protocol;

/// <summary>A run, as another machine sees it; there is one, with key 0.</summary>
[Alias("Run")]
internal interface IRunGrain : IGrainWithIntegerKey
{
    /// <summary>The plan, for a program of <paramref name="version"/>.</summary>
    [Alias("Ask")]
    Task<RunAnswer> Ask(string version);

    /// <summary>A place for a machine with <paramref name="environments"/> env processes.</summary>
    [Alias("Join")]
    Task<PlaceAnswer> Join(string version, string machine, int environments);

    /// <summary>The machines that have joined.</summary>
    [Alias("Status")]
    Task<MachineAnswer[]> Status();
}

/// <summary>
/// A place in the run's acknowledgement log, by its number. Everything that changes the place goes through here, one call after another.
/// </summary>
[Alias("Machine")]
internal interface IMachineGrain : IGrainWithIntegerKey
{
    /// <summary>Gives the place to a new life of a machine, whoever had it.</summary>
    [Alias("Begin")]
    Task Begin(ulong incarnation, ulong environments, string machine);

    /// <summary>Frees the place, if that life of a machine still has it.</summary>
    [Alias("End")]
    Task End(ulong incarnation);

    /// <summary>Publishes the rows of a frame, and then says so.</summary>
    [Alias("Forward")]
    Task<FrameAnswer> Forward([Immutable] byte[] frame);

    /// <summary>Takes a machine's report, also while frames wait for the rate limiter.</summary>
    [AlwaysInterleave]
    [Alias("Report")]
    Task<ReportAnswer> Report(MachineReport report);
}

/// <summary>The newest weights of the run; there is one, with key 0.</summary>
[Alias("Weights")]
internal interface IWeightGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// A piece of weights, small enough that on a slow link whatever else is said does not wait long behind it: the first of the newest, or a
    /// later one of those begun with.
    /// </summary>
    /// <param name="seen">The publication that the machine has.</param>
    /// <param name="begun">The publication that it has begun to take; 0 to begin with the newest.</param>
    /// <param name="offset">Bytes that it has of that.</param>
    /// <returns>Null where there are none newer than seen, or those begun with are kept no more.</returns>
    [Alias("Pull")]
    Task<WeightAnswer?> Pull(long seen, long begun, int offset);
}
