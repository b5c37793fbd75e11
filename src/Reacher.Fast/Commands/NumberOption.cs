using System.CommandLine;
using Reacher.Fast.Core;

namespace Reacher.Fast.Commands;

/// <summary>An option of one verb whose value is a number, with what it must be in words.</summary>
internal interface INumberOption
{
    /// <summary>What a value must be, such as "a whole number from 1 to 64".</summary>
    string Allowed { get; }
}

/// <summary>An option whose value is a number: what is none gets a sentence that says what one is.</summary>
/// <param name="name">The flag.</param>
/// <param name="allowed">What a value must be.</param>
internal class NumberOption<T>(string name, string allowed) : Option<T>(name), INumberOption
{
    /// <inheritdoc/>
    public string Allowed { get; } = allowed;
}

/// <summary>An option for a whole number within limits.</summary>
/// <param name="name">The flag.</param>
/// <param name="least">The least that is allowed.</param>
/// <param name="most">The most that is allowed.</param>
internal sealed class WholeNumberOption(string name, int least, int most) : NumberOption<int>(name, $"a whole number from {least} to {most}")
{
    /// <summary>What was given, or the default.</summary>
    /// <exception cref="InputException">It is not within the limits.</exception>
    public int Read(ParseResult result)
    {
        int value = result.GetValue(this);
        return value >= least && value <= most ? value : throw new InputException($"{Name} is {value}, and must be {Allowed}.");
    }
}

/// <summary>The port of a trainer that a player calls.</summary>
/// <param name="name">The flag.</param>
internal sealed class PortOption(string name)
    : NumberOption<int?>(name, "the port on which the trainer listens, a whole number from 1 to 65535, such as 5005");
