using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// Networks of a program's own to learn with, on a device that can (<see cref="ILearnerBackend"/>). Options that implement this bring them.
/// </summary>
public interface IOwnNetworks
{
    /// <summary>The policy's network; null for this project's own layers, as where only the critics are others.</summary>
    IPolicyArchitecture? Architecture { get; }
}
