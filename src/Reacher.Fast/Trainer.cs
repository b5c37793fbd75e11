using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.View;

namespace Reacher.Fast;

/// <summary>
/// Trains in this program: one process and one environment, stepped and learned from alternately, so that a seed repeats a run to the bit. All
/// that a run of the command line leaves in its folder, this leaves too. A run of several processes is <see cref="ReacherFast"/>'s.
/// </summary>
public static class Trainer
{
    /// <summary>Trains a policy, on a thread of its own.</summary>
    /// <param name="environment">The agents' environment; it is evaluated in as well, between two stretches of training, and not disposed.</param>
    /// <param name="learner">The algorithm and how it learns: <see cref="SacOptions"/> or <see cref="Td3Options"/>.</param>
    /// <param name="options">What else the run is to be like; null for the defaults.</param>
    /// <param name="progress">Told a few times a second how the run stands.</param>
    /// <param name="cancellation">
    /// Ends the run early. It then returns, with what it has come to, and throws no <see cref="OperationCanceledException"/>.
    /// </param>
    /// <returns>What the run came to.</returns>
    /// <exception cref="InputException">Options or machine do not allow the run; the sentence says why, and nothing was begun.</exception>
    public static Task<TrainingResult> TrainAsync(
        IVectorEnvironment environment,
        LearnerOptions learner,
        TrainingOptions? options = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(learner);
        return Task.Factory.StartNew(
            () => Train(environment, learner, options ?? new TrainingOptions(), progress, cancellation),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private static TrainingResult Train(
        IVectorEnvironment environment,
        LearnerOptions learner,
        TrainingOptions options,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        RunOptions given = OptionsOf(environment, learner, options);
        given.Validate();
        var loaded = new LoadedConfiguration(given, []) { OfScene = _ => throw new InvalidOperationException("The environment is made already.") };
        var view = new ProgressView(progress, options.Log);
        var run = new TrainingRun(loaded, view) { Own = SeedMixingEnvironment.Of(environment), Stop = cancellation, Warn = view.Say };
        run.Run();
        RunSummary summary = view.Summary ?? throw new InvalidOperationException("The run ended without a summary.");
        return new TrainingResult
        {
            Outcome = cancellation.IsCancellationRequested ? TrainingOutcome.Cancelled
                : summary.Outcome == "solved" ? TrainingOutcome.Solved
                : TrainingOutcome.Finished,
            Seconds = summary.ElapsedSeconds,
            Transitions = summary.Transitions,
            Updates = summary.Updates,
            FinalScore = summary.FinalScore,
            RunId = summary.RunId,
            Folder = summary.Folder,
            OnnxFile = run.Files!.Onnx,
        };
    }

    private static RunOptions OptionsOf(IVectorEnvironment environment, LearnerOptions learner, TrainingOptions options)
    {
        RunOptions defaults = BuiltInTask.Default.Begin(TrainerType.Sac);
        Type type = environment is VectorEnvironment many ? many.AgentType : environment.GetType();
        string name = options.Name ?? type.Name;
        if (BehaviorName.Problem(name) is string problem)
        {
            throw new InputException($"The task's name '{name}' {problem}.");
        }

        return defaults with
        {
            Learner = learner,
            Behavior = name,
            Environment = defaults.Environment with { Name = type.FullName!, Agents = environment.AgentCount },
            InProcess = true,
            TransitionLimit = options.MaxTransitions,
            Threshold = options.Threshold,
            EvaluationWindow = options.EvaluationWindow ?? defaults.EvaluationWindow,
            CooldownTransitions = 0,
            RunId = options.RunId,
            ResultsFolder = options.ResultsFolder,
            Resume = options.Resume,
            Seed = options.Seed ?? (learner.Seed is > 0 and <= long.MaxValue ? (long)learner.Seed : defaults.Seed),
            Device = options.Device ?? defaults.Device,
            LearnerThreads = options.Threads ?? defaults.LearnerThreads,
            Gamma = options.Gamma ?? defaults.Gamma,
            NStep = options.NStep ?? defaults.NStep,
            TransitionsPerUpdate = options.TransitionsPerUpdate ?? defaults.TransitionsPerUpdate,
            WarmupTransitions = options.WarmupTransitions ?? defaults.WarmupTransitions,
            BufferSize = options.BufferSize ?? defaults.BufferSize,
            SaveReplay = options.SaveReplay,
        };
    }
}
