using System.CommandLine;

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
internal sealed class NumberOption<T>(string name, string allowed) : Option<T>(name), INumberOption
{
    /// <inheritdoc/>
    public string Allowed { get; } = allowed;
}

/// <summary>The words for the values that options allow.</summary>
internal static class NumberOption
{
    /// <summary>An option for a whole number within limits.</summary>
    public static NumberOption<int> Whole(string name, int least, int most) => new(name, $"a whole number from {least} to {most}");

    /// <summary>An option for a trainer's port.</summary>
    public static NumberOption<int?> Port(string name) =>
        new(name, "the port on which the trainer listens, a whole number from 1 to 65535, such as 5005");
}
