using System.CommandLine;

namespace Reacher.Fast.Commands;

/// <summary>The port of a trainer that a player calls: what is no number gets a sentence that says what one is.</summary>
internal sealed class PortOption(string name) : Option<int?>(name)
{
    /// <summary>What a value must be.</summary>
    public const string Allowed = "the port on which the trainer listens, a whole number from 1 to 65535, such as 5005";
}
