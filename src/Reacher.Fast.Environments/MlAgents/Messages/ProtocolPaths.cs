namespace Reacher.Fast.Environments.MlAgents.Messages;

/// <summary>The generations of ML-Agents' communicator that are spoken here.</summary>
public enum ProtocolGeneration
{
    /// <summary>v0.4 of 2018, version string "API-4": Udacity's Reacher.</summary>
    Api4,

    /// <summary>Communicator 1.5.0: the package's releases 19 to 22 at least.</summary>
    V150,
}

/// <summary>Service and method of each generation, by which a trainer tells them apart, and their version strings.</summary>
internal static class ProtocolPaths
{
    public const string Api4 = "/communicator_objects.UnityToExternal/Exchange";
    public const string Api4Version = "API-4";
    public const string V150 = "/communicator_objects.UnityToExternalProto/Exchange";
    public const string V150Version = "1.5.0";
}
