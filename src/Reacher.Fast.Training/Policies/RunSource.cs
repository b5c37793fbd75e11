using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Policies;

/// <summary>Where the policy lies that a verb was given: in a run, or in a file.</summary>
/// <param name="PolicyFile">The checkpoint, the best policy, an exported one or one of somebody else's.</param>
/// <param name="Options">The run's; the defaults for a file.</param>
internal sealed record RunSource(string PolicyFile, RunOptions Options)
{
    private static readonly string[] PolicyExtensions = [".onnx", ".safetensors"];

    /// <summary>The file where more is wanted of it than to play, so that it must be one of this program's own.</summary>
    /// <exception cref="InputException">It is an ONNX model.</exception>
    public string CheckpointFile => PolicyLoader.IsOnnx(PolicyFile)
        ? throw new InputException($"'{PolicyFile}' is an ONNX policy, which eval and player can play and no more; name a run or a checkpoint.")
        : PolicyFile;

    /// <summary>Finds it; a damaged newest checkpoint is named on standard error and the one before it taken.</summary>
    /// <param name="run">A run id, a run's folder, or a file.</param>
    /// <param name="results">The folder of all runs.</param>
    /// <param name="whole">The newest checkpoint, with all that training needs, and not the run's best policy.</param>
    /// <param name="flags">Values given on the command line, which win over the run's.</param>
    /// <exception cref="InputException">There is no such run or file, or the run has no readable checkpoint.</exception>
    public static RunSource Find(string run, string results, bool whole = false, params IReadOnlyList<FlagValue> flags)
    {
        if (File.Exists(run))
        {
            return new RunSource(run, ConfigurationLoader.Load(path: null, flags).Options);
        }

        if (PolicyExtensions.Contains(Path.GetExtension(run)) && !Directory.Exists(run))
        {
            throw new InputException($"There is no file '{run}'.");
        }

        (RunFolder folder, RunOptions options) = SavedRun.Find(run, results, flags);
        if (!whole && BestPolicy.Find(folder, OutputLine.WriteWarning) is string best)
        {
            return new RunSource(best, options);
        }

        LoadedCheckpoint loaded = folder.Checkpoints(keep: 1).LoadLatest()
            ?? throw new InputException($"The run '{folder.Id}' has no checkpoint yet; let it train on.");
        foreach (SkippedCheckpoint skipped in loaded.Skipped)
        {
            OutputLine.WriteWarning($"{skipped.Reason} Taking '{loaded.Path}'.");
        }

        return new RunSource(loaded.Path, options);
    }
}
