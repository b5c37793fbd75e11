using System.Globalization;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Weights;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Sampling;

namespace Reacher.Fast.Runner.Training;

/// <summary>A run's checkpoints: the learner's whole state, the sampler's generator, and the counters they belong to.</summary>
internal sealed class TrainingCheckpoints(RunFiles files, RunPlan plan)
{
    private readonly CheckpointStore store = new(Path.Combine(files.Folder, plan.Behavior), plan.Behavior, plan.KeepCheckpoints);

    /// <summary>Saves (and what <paramref name="more"/> adds); a full disk is a warning in the result, and the checkpoints before stay.</summary>
    public CheckpointSave Save(ILearner learner, ReplaySampler sampler, ControlBlock control, Action<StateDictionary>? more = null)
    {
        var state = new StateDictionary();
        learner.SaveState(state);
        SamplerState random = sampler.State;
        state.Add("sampler.s0", random.S0);
        state.Add("sampler.s1", random.S1);
        state.Add("sampler.s2", random.S2);
        state.Add("sampler.s3", random.S3);
        state.Metadata["run_id"] = plan.RunId;
        state.Metadata["transitions"] = control.TotalTransitions.ToString(CultureInfo.InvariantCulture);
        more?.Invoke(state);
        return store.Save(state, control.TotalTransitions);
    }

    /// <summary>Keeps the checkpoint that a new run begins with, in the run's own folder.</summary>
    /// <exception cref="Core.InputException">It is an exported policy, not a checkpoint: critics and optimisers are missing.</exception>
    public static void CopyInitial(string checkpoint, string to)
    {
        StateDictionary state = Safetensors.Read(checkpoint);
        if (!state.Contains("sampler.s0"))
        {
            throw new Core.InputException($"'{checkpoint}' holds a policy alone, and training begins with critics too; name a run or one of its checkpoints.");
        }

        File.Copy(checkpoint, to, overwrite: true);
    }

    /// <summary>Takes the newest readable checkpoint, if there is one.</summary>
    /// <returns>What was loaded; null at the beginning of a run.</returns>
    public LoadedCheckpoint? Restore(ILearner learner, ReplaySampler sampler)
    {
        LoadedCheckpoint? loaded = store.LoadLatest();
        if (loaded is null)
        {
            if (File.Exists(files.InitialWeights))
            {
                learner.LoadState(Safetensors.Read(files.InitialWeights));
            }

            return null;
        }

        foreach (SkippedCheckpoint skipped in loaded.Skipped)
        {
            Console.Error.WriteLine($"warning: {skipped.Path} cannot be read ({skipped.Reason}); going on from {loaded.Path}.");
        }

        learner.LoadState(loaded.State);
        sampler.State = new SamplerState(
            loaded.State.GetUInt64("sampler.s0"), loaded.State.GetUInt64("sampler.s1"), loaded.State.GetUInt64("sampler.s2"), loaded.State.GetUInt64("sampler.s3"));
        return loaded;
    }
}
