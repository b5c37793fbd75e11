using Reacher.Fast.Core;

namespace Reacher.Fast.Training.Options;

/// <summary>A value given on the command line, already checked.</summary>
/// <param name="Key">The option whose value it is.</param>
/// <param name="Value">The value, which has the key's type.</param>
internal sealed record FlagValue(OptionKey Key, object? Value)
{
    /// <summary>A value for <paramref name="key"/>.</summary>
    /// <exception cref="InputException">It is none, or out of range.</exception>
    public static FlagValue Parse(OptionKey key, string? text)
    {
        try
        {
            return new FlagValue(key, key.Parse(text));
        }
        catch (FormatException error)
        {
            throw new InputException($"{key.Flag} {error.Message}.", error);
        }
    }

    /// <summary>The options with this value.</summary>
    public RunOptions ApplyTo(RunOptions options) => Key.Set(options, Value);
}
