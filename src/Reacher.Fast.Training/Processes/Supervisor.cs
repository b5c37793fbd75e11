using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// The main process of a run: makes the mapped files, starts learner, env and eval as processes of this executable, restarts what dies, shows
/// what happens, and ends everything cleanly. It is never on the data's path: killed, it takes nothing with it but the run's company.
/// </summary>
internal sealed class Supervisor : IDisposable
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    // One update of a large network, or a publication, is one turn of the learner's loop.
    private static readonly TimeSpan LearnerSilence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(4);

    private readonly RunFiles files;
    private readonly RunPlan plan;
    private readonly RunReporter reporter;
    private readonly ReplayFile replay;
    private readonly ControlBlock control;
    private readonly WeightChannel weights;
    private readonly List<Supervised> children = [];
    private readonly RunProgress progress;
    private readonly ConcurrentQueue<string> warnings = new();
    private readonly ManualResetEventSlim wake = new();

    private Supervisor(RunFiles files, RunPlan plan, RunReporter reporter, ReplayFile replay, ControlBlock control, WeightChannel weights)
    {
        this.files = files;
        this.plan = plan;
        this.reporter = reporter;
        this.replay = replay;
        this.control = control;
        this.weights = weights;
        progress = new RunProgress(files, plan, control, replay);
    }

    /// <summary>Makes the files of a new run.</summary>
    /// <exception cref="InputException">There is not enough room for the replay, or the folder cannot be written.</exception>
    public static Supervisor Create(RunFiles files, RunPlan plan, RunReporter reporter)
    {
        Directory.CreateDirectory(files.Logs);
        ReplayFile replay = ReplayFile.Create(files.Replay, plan.TransitionSpec, plan.BufferSize, new ReplayOptions { Overwrite = true });
        ControlBlock control = ControlBlock.Create(files.Control, overwrite: true);
        WeightChannel weights = WeightChannel.Create(files.Weights, plan.PublishedLength, overwrite: true);
        plan.Save(files.Plan);
        return new Supervisor(files, plan, reporter, replay, control, weights);
    }

    /// <summary>Opens the files of a run that goes on.</summary>
    /// <exception cref="InputException">A file is missing or damaged.</exception>
    public static Supervisor Resume(RunFiles files, RunPlan plan, RunReporter reporter)
    {
        ReplayFile replay = ReplayFile.Open(files.Replay, plan.TransitionSpec);
        ControlBlock control = ControlBlock.Open(files.Control);
        WeightChannel weights = WeightChannel.Open(files.Weights, plan.PublishedLength);
        plan.Save(files.Plan);
        return new Supervisor(files, plan, reporter, replay, control, weights);
    }

    /// <summary>The run, from its start to its end.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        control.Supervisor.Take();
        control.ClearStop();
        // The env may run ahead by a few vector steps, so that neither waits for the other at every turn.
        double ahead = Math.Max(plan.UpdatesPerTurn, 4 * plan.UpdatesPerStep);
        control.Limiter.Configure(new RateLimits(plan.UpdatesPerTransition, plan.WarmupTransitions, LearnerSlack: 1, EnvironmentSlack: ahead));
        if (!(plan.StopWhenSolved && progress.IsSolved))
        {
            control.CooldownStart = null;
        }

        AddChildren();

        using var signals = new StopSignals(control, wake.Set, KillChildren);
        Exception? failure = null;
        reporter.Run(() =>
        {
            try
            {
                foreach (Supervised child in children)
                {
                    child.Start();
                }

                Watch();
            }
            catch (Exception exception) when (exception is ChildFailedException or InputException or IOException)
            {
                control.RequestStop(StopReason.Failed);
                failure = exception;
            }
            finally
            {
                End();
            }

            SayWarnings();
            progress.Refresh();
            reporter.Show(progress.Status(children, RunPhase.Ended), progress.EvaluationScores);
        });

        if (signals.IsLeaving)
        {
            // The children went because they were killed by the second signal, whose thread ends the process right now.
            return ExitCodes.Interrupted;
        }

        if (failure is null && control.StopReason is StopReason.Solved or StopReason.MaximumSteps)
        {
            reporter.Warn(progress.EvaluateFinalPolicy(weights, signals.First));
        }

        RunSummary summary = progress.Summarize(control.StopReason);
        reporter.Warn(progress.Save(summary));
        reporter.Finish(summary);
        if (failure is not null)
        {
            Console.Error.WriteLine($"{ChildProcess.ErrorPrefix}{failure.Message}");
        }

        return failure is InputException ? ExitCodes.Usage
            : failure is null && signals.First.IsCancellationRequested ? ExitCodes.Interrupted
            : ExitCodes.Of(control.StopReason);
    }

    public void Dispose()
    {
        foreach (Supervised child in children)
        {
            child.Dispose();
        }

        weights.Dispose();
        control.Dispose();
        replay.Dispose();
        wake.Dispose();
    }

    private void AddChildren()
    {
        Add(control.Learner, "learner", "role-learner", 0);
        for (int i = 0; i < plan.EnvironmentCount; i++)
        {
            Add(control.Slot(ProcessRole.Environment, i), string.Create(CultureInfo.InvariantCulture, $"env-{i}"), "role-env", i);
        }

        Add(control.Slot(ProcessRole.Evaluation, 0), "eval-0", "role-eval", 0);

        void Add(ProcessSlot slot, string name, string verb, int index)
        {
            string[] arguments =
            [
                verb, files.Folder, "--index", index.ToString(CultureInfo.InvariantCulture),
                "--supervisor", ProcessIdentity.Current.Incarnation.ToString(CultureInfo.InvariantCulture),
            ];
            children.Add(new Supervised(
                slot, name, new RestartPolicy(plan.MaxLifetimeRestarts), () => ChildProcess.Start(name, files.Logs, arguments, warnings.Enqueue)));
        }
    }

    private void Watch()
    {
        // A Unity player may take its whole time-out for one step, and to come up.
        TimeSpan playersTime = TimeSpan.FromSeconds(plan.Environment.IsPlayer ? plan.Environment.TimeoutSeconds : 0);
        TimeSpan silence = TimeSpan.FromSeconds(plan.HungSeconds) + playersTime, patience = StartPatience + playersTime;
        while (!control.ShouldStop)
        {
            foreach (Supervised child in children)
            {
                TimeSpan mayBeSilent = child.Slot.Role == ProcessRole.Learner && silence < LearnerSilence ? LearnerSilence : silence;
                if (child.Look(mayBeSilent, patience) is string event_)
                {
                    reporter.Say(event_);
                }
            }

            SayWarnings();
            progress.Refresh();
            progress.SaveNowAndThen();
            reporter.Show(progress.Status(children), progress.EvaluationScores);
            if (plan.StopWhenSolved && progress.IsSolved && Cooldown.Begin(control) && plan.CooldownTransitions > 0)
            {
                reporter.Say(string.Create(
                    CultureInfo.InvariantCulture, $"Solved. Within {plan.CooldownTransitions:N0} more transitions learning rates fall to zero, then the run ends."));
            }

            Cooldown.StopWhenDue(plan, control);
            control.Supervisor.Beat();
            wake.Wait(Turn);
        }
    }

    // What the children have to say to the user: their own output goes to their logs.
    private void SayWarnings()
    {
        while (warnings.TryDequeue(out string? sentence))
        {
            reporter.Say(sentence);
        }
    }

    // Everyone sees the stop flag, finishes the step in hand, and goes; the learner saves before it goes.
    private void End()
    {
        TimeSpan patience = plan.Environment.IsPlayer ? EndPatience + MlAgentsEnvironment.LongestClose : EndPatience;
        long deadline = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);
        foreach (Supervised child in children)
        {
            TimeSpan left = TimeSpan.FromSeconds((deadline - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency);
            child.End(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    private void KillChildren()
    {
        foreach (Supervised child in children)
        {
            child.Child?.Kill();
        }
    }
}
