namespace Reacher.Fast.Training.Cluster;

/// <summary>What a site's store is.</summary>
internal enum StoreKind
{
    /// <summary>A Redis server.</summary>
    Redis,

    /// <summary>A database of a PostgreSQL server.</summary>
    PostgreSql,
}
