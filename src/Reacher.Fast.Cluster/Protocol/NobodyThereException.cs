namespace Reacher.Fast.Cluster.Protocol;

/// <summary>Nobody listens at an address; somebody may later.</summary>
internal sealed class NobodyThereException(string message) : Exception(message);
