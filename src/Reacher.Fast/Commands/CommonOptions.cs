using System.CommandLine;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Commands;

/// <summary>Options that several verbs share, so that they read the same everywhere.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print JSON records instead of text." };

    public static Option<string> ResultsFolder() =>
        new("--results-dir") { Description = "Folder of all runs.", DefaultValueFactory = _ => new RunOptions().ResultsFolder };
}
