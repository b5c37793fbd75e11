using Reacher.Fast.Core;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Cluster.Stores;

/// <summary>What is of one kind of store: how Orleans' provider is told of it, and what its errors mean.</summary>
internal interface IStoreProvider
{
    /// <summary>How long a store may take to let somebody in, and to answer.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Has a silo keep its membership in the store.</summary>
    void Use(ISiloBuilder builder, ClusterStore store);

    /// <summary>Makes what the store must have before a run can register in it.</summary>
    /// <exception cref="InputException">The store has it not, and its user may not make it.</exception>
    Task Prepare(ClusterStore store);

    /// <summary>Whether an error of Orleans' provider says no more than that the store knows nothing of the run.</summary>
    bool MeansUnknown(Exception error);

    /// <summary>Why the store cannot be used; null for an error that is not the store's.</summary>
    StoreFailure? Explain(Exception error);
}

/// <summary>Why a store cannot be used.</summary>
/// <param name="Reason">For people, without user or password.</param>
/// <param name="IsLasting">Whether it stays so until somebody changes the address or the store.</param>
internal sealed record StoreFailure(string Reason, bool IsLasting)
{
    /// <summary>The store is there, and lets this user not in.</summary>
    public static StoreFailure NotLetIn { get; } = new("it takes neither this user nor this password", IsLasting: true);

    /// <summary>There is no such store, or it is away.</summary>
    public static StoreFailure Nobody(string product) => new($"nobody answers there as {product} does", IsLasting: false);
}
