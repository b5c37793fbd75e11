using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// What a run that is to go on is held against before anything in its folder is changed: the behaviour, the algorithm and the sizes that it
/// was left with, its newest checkpoint, and its mapped files. A run that is refused here is as it was.
/// </summary>
internal static class ResumptionCheck
{
    /// <summary>
    /// Makes sure that the run in <paramref name="files"/> trains <paramref name="behavior"/>: under another name its checkpoints would not
    /// be found, and it would begin anew in the folder of the first.
    /// </summary>
    /// <exception cref="InputException">It trains another.</exception>
    public static void RequireBehavior(RunFolder files, string behavior)
    {
        string? trained = Saved(files)?.Behavior ?? OtherCheckpoints(files, behavior);
        if (trained is not null && trained != behavior)
        {
            throw new InputException(
                $"The run '{files.Id}' trains the behaviour {QuotedName.Of(trained)}, and was to go on with {QuotedName.Of(behavior)}; give the " +
                $"behaviour its name again, or begin a new run with --initialize-from {files.Id}.");
        }
    }

    /// <summary>
    /// The options with the seed that the run has, where one is to go on and its options name none: whoever goes on with a run means its seed,
    /// which was drawn.
    /// </summary>
    public static RunOptions WithSeed(RunOptions options) => options is { Resume: true, Seed: < 0, RunId: not null }
        ? options with { Seed = Saved(RunFolder.Of(options))?.Seed ?? options.Seed }
        : options;

    /// <summary>Makes sure that the run can go on as <paramref name="plan"/> says.</summary>
    /// <returns>The checkpoint from which it would; null if it has none.</returns>
    /// <exception cref="InputException">It cannot; the sentence says what differs, and what to do.</exception>
    public static LoadedCheckpoint? Require(RunFolder files, RunPlan plan)
    {
        RequireBehavior(files, plan.Behavior);
        RunOptions? saved = Saved(files);
        if (saved is not null && saved.Trainer != plan.Trainer)
        {
            throw new InputException(
                $"The run '{files.Id}' is trained by {saved.Algorithm}, and was to go on with {plan.Algorithm}; leave 'trainer_type' as it was, " +
                "or begin a new run.");
        }

        if (saved is RunPlan before)
        {
            RequireSizes(files, before, plan);
        }

        LoadedCheckpoint? checkpoint = new TrainingCheckpoints(files, plan).RequireResumable();
        if (plan.InProcess && checkpoint is not null && !LockstepPosition.IsIn(checkpoint))
        {
            throw new InputException(
                $"The run '{files.Id}' was trained by several processes, which cannot go on in lock-step; leave 'in_process' as it was, or begin a " +
                $"new run with --initialize-from {files.Id}.");
        }

        ResumedMaps.RequireFit(files, plan);
        return checkpoint;
    }

    private static void RequireSizes(RunFolder files, RunPlan before, RunPlan plan)
    {
        if ((before.ObservationSize, before.ActionSize) != (plan.ObservationSize, plan.ActionSize))
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"The run '{files.Id}' has {before.ObservationSize} observations and {before.ActionSize} actions, and the environment " +
                $"'{plan.Environment.Name}' {plan.ObservationSize} and {plan.ActionSize}; name the environment that it was begun with."));
        }

        if (before.PolicySpec.BlockLength != plan.PolicySpec.BlockLength)
        {
            throw new InputException(
                $"The run '{files.Id}' has hidden layers of {Describe(before)} units, and was to go on with {Describe(plan)}; leave " +
                "'network_settings' as they were, or begin a new run.");
        }

        if (before.Learner.LayerNormCritics != plan.Learner.LayerNormCritics)
        {
            throw new InputException(
                $"The run '{files.Id}' has critics {(before.Learner.LayerNormCritics ? "with" : "without")} layer normalisation; leave " +
                "'layer_norm' as it was, or begin a new run.");
        }

        static string Describe(RunPlan plan) =>
            string.Join(" and ", plan.Learner.HiddenSizes) + (plan.Learner.NormalizeObservations ? " and normalised observations" : "");
    }

    // The plan says how the run was started last. Where it is lost or damaged, the configuration, which a user may have changed since, says
    // the same but for the sizes.
    private static RunOptions? Saved(RunFolder files)
    {
        if (RunPlan.TryLoad(files.Plan) is { } plan)
        {
            return plan;
        }

        try
        {
            return ConfigurationLoader.LoadSaved(files.Configuration, []).Options;
        }
        catch (InputException)
        {
            return null;
        }
    }

    // Where neither can be read, the folder of another behaviour's checkpoints is called as that behaviour is, or nearly so.
    private static string? OtherCheckpoints(RunFolder files, string behavior)
    {
        RunFolder named = files with { Behavior = behavior };
        return Directory.Exists(named.BehaviorFolder)
            ? null
            : Directory.EnumerateDirectories(files.Folder)
                .Where(folder => File.Exists(Path.Combine(folder, CheckpointStore.LatestName)))
                .Select(Path.GetFileName)
                .FirstOrDefault();
    }
}
