using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// Makes the folder of a run ready to go on, before anything else opens its records: whatever refuses the run comes first and has touched
/// nothing; then mapped files that are missing or damaged are made anew, and counters and records are brought to the moment from which the
/// run goes on. While this lives the replay stays open, so that its rows, verified here, need not be verified again.
/// </summary>
internal sealed class RunResumption : IDisposable
{
    private readonly ReplayFile replay;

    private RunResumption(ReplayFile replay, long transitions) => (this.replay, Transitions) = (replay, transitions);

    /// <summary>The transitions at which the run goes on.</summary>
    public long Transitions { get; }

    /// <summary>Prepares a run to go on as <paramref name="plan"/> says, and tells the user what a power loss has cost it.</summary>
    /// <exception cref="InputException">It cannot go on so, as <see cref="ResumptionCheck"/> finds, or its folder cannot be written.</exception>
    public static RunResumption Prepare(RunFolder files, RunPlan plan)
    {
        LoadedCheckpoint? checkpoint = ResumptionCheck.Require(files, plan);
        MakeFolders(files);
        using ControlBlock control = ResumedMaps.OpenControl(files);
        // Before the replay is opened, because a process that still has it open would keep its rows from being verified.
        Leftovers.End(control, OutputLine.WriteWarning);
        ReplayFile replay = ResumedMaps.OpenReplay(files, plan);
        try
        {
            if (!plan.InProcess)
            {
                ResumedMaps.OpenWeights(files, plan).Dispose();
            }

            long transitions;
            if (plan.InProcess)
            {
                LockstepPosition position = LockstepPosition.Of(checkpoint);
                position.CutRecords(files);
                transitions = checkpoint?.Step ?? 0;
            }
            else
            {
                RaiseCounters(control, plan, checkpoint);
                transitions = control.TotalTransitions;
            }

            MetricsFile.Cut(files.Metrics, transitions);
            return new RunResumption(replay, transitions);
        }
        catch
        {
            replay.Dispose();
            throw;
        }
    }

    public void Dispose() => replay.Dispose();

    // They may have been lost or left out of a copy, and all else of the run may be there.
    private static void MakeFolders(RunFolder files)
    {
        try
        {
            Directory.CreateDirectory(files.Logs);
            Directory.CreateDirectory(files.BehaviorFolder);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException(
                $"The run's folder '{files.Folder}' cannot be written: {error.Message.TrimEnd('.')}; make that possible and resume it then.", error);
        }
    }

    // After a power loss the pages of the counters may be older than the checkpoint. Steps that went back would let schedules and warm-up
    // begin again, and the environments repeat seeds: every env process has made as many more as would make up for it, since nobody knows which.
    private static void RaiseCounters(ControlBlock control, RunPlan plan, LoadedCheckpoint? checkpoint)
    {
        long counted = control.TotalTransitions, missing = (checkpoint?.Step ?? 0) - counted;
        if (missing <= 0)
        {
            return;
        }

        for (int i = 0; i < ControlBlock.MaximumEnvironments; i++)
        {
            long vectorSteps = (missing + plan.AgentCount - 1) / plan.AgentCount;
            control.Slot(ProcessRole.Environment, i).AddVectorSteps(vectorSteps, transitions: i == 0 ? missing : 0);
        }

        OutputLine.WriteWarning(string.Create(
            CultureInfo.InvariantCulture,
            $"The run had counted {counted} transitions and its checkpoint was saved at {checkpoint!.Step}, as happens when the power fails; " +
            $"it counts on from the checkpoint's."));
    }
}
