using Reacher.Fast.Core.Options;

namespace Reacher.Fast.Training.Options;

/// <summary>
/// The values that decide which defaults a run begins with, found in a file and among flags before anything is read in order. One of the wrong
/// kind is passed over here; it is reported when all values are read.
/// </summary>
internal static class DecisiveValues
{
    /// <summary>The environment's name: the flag's, the file's, or else the program's own first.</summary>
    /// <param name="root">The file.</param>
    /// <param name="flags">What was given on the command line, which wins.</param>
    public static string Environment(YamlMapping root, IReadOnlyList<FlagValue> flags) =>
        Flag(flags, OptionKeys.EnvironmentName) as string ?? Text(root, OptionKeys.EnvironmentName) ?? ProgramEnvironments.DefaultName;

    /// <summary>Whether an environment is named, or written out to be none.</summary>
    /// <param name="root">The file.</param>
    /// <param name="flags">What was given on the command line.</param>
    public static bool HasEnvironment(YamlMapping root, IReadOnlyList<FlagValue> flags) =>
        Flag(flags, OptionKeys.EnvironmentName) is not null || Value(root, OptionKeys.EnvironmentName) is not null;

    /// <summary>The number of agents; null where none is given.</summary>
    /// <param name="root">The file.</param>
    /// <param name="flags">What was given on the command line, which wins.</param>
    public static int? Agents(YamlMapping root, IReadOnlyList<FlagValue> flags) => Flag(flags, OptionKeys.Agents) as int?
        ?? Whole(Text(root, OptionKeys.Agents));

    /// <summary>What the last flag of a key says; null where there is none.</summary>
    /// <param name="flags">What was given on the command line.</param>
    /// <param name="key">The key.</param>
    public static object? Flag(IReadOnlyList<FlagValue> flags, OptionKey key) => flags.LastOrDefault(flag => flag.Key == key)?.Value;

    // What is no number of agents is refused where the key is read.
    private static int? Whole(string? text)
    {
        try
        {
            return text is null ? null : OptionKeys.Agents.Parse(text) as int?;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string? Text(YamlMapping root, OptionKey key) => (Value(root, key) as YamlScalar)?.Text;

    private static YamlTree? Value(YamlMapping root, OptionKey key) => (root.Find(OptionSection.Environment) as YamlMapping)?.Find(key.Name);
}
