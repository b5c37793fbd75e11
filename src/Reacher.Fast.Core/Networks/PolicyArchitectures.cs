using System.Collections.Concurrent;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Core.Networks;

/// <summary>The networks that this program has for policies besides this project's own, by name.</summary>
public static class PolicyArchitectures
{
    private static readonly ConcurrentDictionary<string, IPolicyArchitecture> Known = new(StringComparer.Ordinal);

    /// <summary>From here on policies of this architecture are understood; one of the same name is replaced.</summary>
    public static void Use(IPolicyArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Known[architecture.Name] = architecture;
    }

    /// <summary>The architecture of that name.</summary>
    /// <param name="name">As a checkpoint or a plan has it.</param>
    /// <param name="where">What needs it, as the beginning of a sentence: <c>The policy in 'policy.safetensors'</c>.</param>
    /// <exception cref="InputException">This program has none of that name.</exception>
    public static IPolicyArchitecture Require(string name, string where)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Known.TryGetValue(name, out IPolicyArchitecture? architecture) ? architecture : throw new InputException(
            $"{where} is a network of the class {QuotedName.Of(name)}, which this program has not; use the program that trained it, or " +
            "have this one hand the class to TorchNetworks.Use first.");
    }
}
