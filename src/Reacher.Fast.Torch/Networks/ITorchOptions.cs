using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Torch.Networks;

/// <summary>Options of a learner that bring networks of their own.</summary>
public interface ITorchOptions : IOwnNetworks
{
    /// <summary>Those networks.</summary>
    TorchNetworks Networks { get; }
}
