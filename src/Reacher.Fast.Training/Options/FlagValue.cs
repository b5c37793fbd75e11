using Reacher.Fast.Core;

namespace Reacher.Fast.Training.Options;

/// <summary>A value given on the command line, already checked.</summary>
/// <param name="Key">Whose value.</param>
/// <param name="Value">Of the key's type.</param>
/// <param name="Text">What it was given as, in the file's way of writing.</param>
internal sealed record FlagValue(ConfigurationKey Key, object? Value, string? Text)
{
    /// <summary>A value for <paramref name="key"/>.</summary>
    /// <exception cref="InputException">It is none, or out of range.</exception>
    public static FlagValue Parse(ConfigurationKey key, string? text)
    {
        try
        {
            return new FlagValue(key, key.Parse(text), text);
        }
        catch (FormatException error)
        {
            throw new InputException($"{key.Flag ?? key.Name} {error.Message}.", error);
        }
    }

    /// <summary>The configuration with this value.</summary>
    public RunConfiguration ApplyTo(RunConfiguration configuration) =>
        Key is ListKey list ? configuration.With(list, (IReadOnlyList<string>)Value!) : configuration.WithText(Key, Text);
}
