namespace Reacher.Fast.Core.Networks;

/// <summary>
/// A policy's network that is a program's own, and not this project's layers: what its parameters are called, and what computes with them. A
/// policy's block has its parameters one after another, in this order.
/// </summary>
public interface IPolicyArchitecture
{
    /// <summary>The name by which a checkpoint says whose policy it holds, such as that of the network's class.</summary>
    string Name { get; }

    /// <summary>Names and row-major shapes of the parameters.</summary>
    /// <param name="spec">The sizes of the policy.</param>
    /// <exception cref="InputException">The network does not fit the sizes.</exception>
    IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Parameters(PolicySpec spec);

    /// <summary>A network to act with, which the caller disposes.</summary>
    /// <param name="spec">The sizes of the policy.</param>
    /// <exception cref="InputException">The network cannot be made.</exception>
    IPolicyModule Create(PolicySpec spec);
}
