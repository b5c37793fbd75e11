using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// Makes the folder of a run ready to go on, before anything else opens its records: whatever refuses the run comes first and has touched
/// nothing; then counters and records are brought to the moment from which the run goes on.
/// </summary>
internal static class RunResumption
{
    /// <summary>Prepares a run to go on as <paramref name="plan"/> says.</summary>
    /// <returns>The transitions at which it goes on.</returns>
    /// <exception cref="InputException">It cannot go on so: no checkpoint fits, or a mapped file is missing, damaged or of another size.</exception>
    public static long Prepare(RunFolder files, RunPlan plan)
    {
        LoadedCheckpoint? checkpoint = new TrainingCheckpoints(files, plan).RequireResumable();
        RequireReplay(files, plan);
        using ControlBlock control = ControlBlock.Open(files.Control);
        Leftovers.End(control, OutputLine.WriteWarning);
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
        return transitions;
    }

    // The ring's size is that of its file. A smaller buffer_size is a shorter window of the rows that are drawn from; a GPU's mirror has none.
    private static void RequireReplay(RunFolder files, RunPlan plan)
    {
        using ReplayFile replay = ReplayFile.Open(files.Replay, plan.TransitionSpec);
        long room = plan.InProcess ? LockstepParts.ReplayCapacity(plan, plan.Environment.IsPlayer) : plan.BufferSize;
        bool drawsFromAll = plan.IsCuda && !plan.InProcess;
        if (replay.Capacity < room || (drawsFromAll && replay.Capacity > room))
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"The replay of run '{plan.RunId}' has room for {replay.Capacity} rows, and the configuration asks for {room}: a run keeps " +
                $"the size it began with. Leave 'buffer_size' as it was, or begin a new run with the option 'initialize_from'."));
        }
    }

    // After a power loss the pages of the counters may be older than the checkpoint. Steps that went back would let schedules and warm-up
    // begin again, and the environments repeat seeds.
    private static void RaiseCounters(ControlBlock control, RunPlan plan, LoadedCheckpoint? checkpoint)
    {
        long counted = control.TotalTransitions, missing = (checkpoint?.Step ?? 0) - counted;
        if (missing <= 0)
        {
            return;
        }

        control.Slot(ProcessRole.Environment, 0).AddVectorSteps(missing / plan.AgentCount, missing);
        OutputLine.WriteWarning(string.Create(
            CultureInfo.InvariantCulture,
            $"The run had counted {counted} transitions and its checkpoint was saved at {checkpoint!.Step}, as happens when the power fails; " +
            $"it counts on from the checkpoint's."));
    }
}
