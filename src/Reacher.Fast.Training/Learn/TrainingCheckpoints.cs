using System.Globalization;
using System.Reflection;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Learn;

/// <summary>A run's checkpoints: the learner's whole state, the sampler's generator, and the counters they belong to.</summary>
internal sealed class TrainingCheckpoints(RunFolder files, RunPlan plan)
{
    private static readonly string Version =
        typeof(TrainingCheckpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    // It never changes, and every checkpoint holds it, so it is made once.
    private readonly string planText = plan.ToJson();
    private readonly CheckpointStore store = files.Checkpoints(plan.KeepCheckpoints);

    /// <summary>Saves (and what <paramref name="more"/> adds); a full disk is a warning in the result, and the checkpoints before stay.</summary>
    public CheckpointSave Save(TrainingState training, Action<StateDictionary>? more = null) =>
        store.Save(Collect(training, more), training.Control.TotalTransitions);

    /// <summary>Saves as <see cref="Save"/> does, under the newest checkpoint's fixed name alone.</summary>
    public CheckpointSave SaveLatest(TrainingState training, Action<StateDictionary>? more = null) =>
        store.SaveLatest(Collect(training, more), training.Control.TotalTransitions);

    /// <summary>Reads the checkpoint that a new run is to begin with.</summary>
    /// <exception cref="InputException">It cannot be read, holds a policy alone, or is of another algorithm or shape than the run.</exception>
    public static StateDictionary ReadInitial(string checkpoint, RunPlan plan)
    {
        StateDictionary state = Safetensors.Read(checkpoint);
        if (!state.Contains("sampler.s0"))
        {
            throw new InputException(
                $"'{checkpoint}' holds a policy alone, and training begins with critics too; name a run or one of its checkpoints.");
        }

        RequireFit(state, checkpoint, plan);
        return AsBeginning(state, plan.Seed);
    }

    /// <summary>Makes sure, before anything is changed, that the run can go on from its newest readable checkpoint, if it has one.</summary>
    /// <returns>The checkpoint; null if the run has none.</returns>
    /// <exception cref="InputException">None can be read, or it is of another algorithm or shape than the configuration now says.</exception>
    public LoadedCheckpoint? RequireResumable()
    {
        LoadedCheckpoint? latest = store.LoadLatest();
        if (latest is not null)
        {
            RequireFit(latest.State, latest.Path, plan);
        }

        return latest;
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
            OutputLine.WriteWarning($"{skipped.Reason} Going on from '{loaded.Path}'.");
        }

        learner.LoadState(loaded.State);
        sampler.State = new SamplerState(
            loaded.State.GetUInt64("sampler.s0"), loaded.State.GetUInt64("sampler.s1"), loaded.State.GetUInt64("sampler.s2"),
            loaded.State.GetUInt64("sampler.s3"));
        return loaded;
    }

    private StateDictionary Collect(TrainingState training, Action<StateDictionary>? more)
    {
        var state = new StateDictionary();
        training.Learner.SaveState(state);
        SamplerState random = training.Sampler.State;
        state.Add("sampler.s0", random.S0);
        state.Add("sampler.s1", random.S1);
        state.Add("sampler.s2", random.S2);
        state.Add("sampler.s3", random.S3);
        PolicyFile.DescribeSensors(plan.PolicySpec, state);
        PolicyFile.DescribeNetwork(plan.PolicySpec, state);
        state.Metadata["version"] = Version;
        state.Metadata["run_id"] = plan.RunId;
        state.Metadata["plan"] = planText;
        state.Metadata["transitions"] = Text(training.Control.TotalTransitions);
        // Replay and limiter live in files of their own, which a resumed run finds as they are: these say where they stood.
        state.Metadata["replay.written_rows"] = Text(training.Replay.WrittenRows);
        state.Metadata["limiter.base_transitions"] = Text(training.Control.Limiter.BaseTransitions);
        state.Metadata["limiter.base_updates"] = Text(training.Control.Limiter.BaseUpdates);
        more?.Invoke(state);
        return state;

        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    // The new run takes the other run's networks and optimisers, and begins its own counters, noise and loop.
    private static StateDictionary AsBeginning(StateDictionary state, ulong seed)
    {
        const string Updates = "learner.updates", NoiseSeed = "noise.seed", NoiseCounter = "noise.update_counter";
        var beginning = new StateDictionary();
        foreach ((string key, string value) in state.Metadata)
        {
            beginning.Metadata[key] = value;
        }

        foreach (StateTensor tensor in state.Tensors
            .Where(tensor => !IsOfTheLoop(tensor.Name) && tensor.Name is not (Updates or NoiseSeed or NoiseCounter)))
        {
            beginning.Add(tensor);
        }

        beginning.Add(Updates, 0L);
        beginning.Add(NoiseSeed, seed);
        beginning.Add(NoiseCounter, 0UL);
        return beginning;
    }

    // A learner that is made only to be asked, and is then disposed, knows best which tensors it needs.
    private static void RequireFit(StateDictionary state, string path, RunPlan plan)
    {
        using var planned = new PlannedLearner(TorchDevices.IsTorch(plan.Device) ? plan : plan with { Device = "cpu", LearnerThreads = 1 });
        ILearner learner = planned.Learner;
        try
        {
            learner.LoadState(state);
        }
        catch (InputException error)
        {
            throw new InputException($"'{path}' does not fit the run: {error.Message}", error);
        }

        var own = new StateDictionary();
        learner.SaveState(own);
        if (state.Tensors.FirstOrDefault(tensor => !own.Contains(tensor.Name) && !IsOfTheLoop(tensor.Name)) is { } unknown)
        {
            throw new InputException(
                $"'{path}' does not fit the run: it has a tensor '{unknown.Name}' that the run has no use for; use the configuration it " +
                "was trained with.");
        }
    }

    private static bool IsOfTheLoop(string tensor) =>
        tensor.StartsWith("sampler.", StringComparison.Ordinal) || tensor.StartsWith("lockstep.", StringComparison.Ordinal);
}
