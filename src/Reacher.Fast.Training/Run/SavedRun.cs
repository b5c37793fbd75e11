using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Run;

/// <summary>A run that is only read: by <c>eval</c>, <c>export</c>, <c>report</c>.</summary>
/// <param name="Folder">The run's folder.</param>
/// <param name="Options">Its effective configuration.</param>
internal sealed record SavedRun(RunFolder Folder, RunOptions Options)
{
    /// <summary>Finds a run and reads its configuration.</summary>
    /// <param name="run">A run id in <paramref name="resultsFolder"/>, or a run's folder.</param>
    /// <param name="resultsFolder">The folder of all runs.</param>
    /// <param name="flags">Values given on the command line, which win over the run's.</param>
    /// <exception cref="InputException">There is no such run, or its configuration cannot be read.</exception>
    public static SavedRun Find(string run, string resultsFolder, params IReadOnlyList<FlagValue> flags)
    {
        string inResults = Path.Combine(resultsFolder, run);
        string folder = Array.Find([inResults, run], candidate => File.Exists(Path.Combine(candidate, RunFolder.ConfigurationName)))
            ?? throw new InputException(
                $"There is no run '{run}' in '{resultsFolder}' and '{run}' is not a run's folder; " +
                $"name one that has a {RunFolder.ConfigurationName}.");
        RunOptions options = ConfigurationLoader.LoadSaved(Path.Combine(folder, RunFolder.ConfigurationName), flags).Options;
        return new SavedRun(new RunFolder(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar), options.Behavior), options);
    }
}
