using System.CommandLine;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Commands;

/// <summary>The flag of a key of the configuration.</summary>
internal sealed class ConfigurationOption(OptionKey key) : Option<string?>(key.Flag, key.FlagAlias is null ? [] : [key.FlagAlias])
{
    /// <summary>The key whose value it gives.</summary>
    public OptionKey Key { get; } = key;
}
