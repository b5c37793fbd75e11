using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Sampling;

namespace Reacher.Fast.TestChild;

/// <summary>
/// Samples and checks every row until the control block says stop. Counts what it checked as transitions and what was wrong
/// as updates of its slot, where both survive its death.
/// </summary>
internal static class ReaderChild
{
    private const int BatchSize = 256;

    public static int Run(ChildArguments arguments)
    {
        using ControlBlock control = ControlBlock.Open(arguments.Control);
        ProcessSlot self = control.Slot(ProcessRole.Evaluation, arguments.Slot);
        self.Take();
        using ReplayFile replay = ReplayFile.Open(arguments.Replay, Provenance.Spec);
        using BatchBuffer batch = new(Provenance.Spec, BatchSize);
        using ReplaySampler sampler = new(replay, (ulong)((arguments.Slot * 1000) + arguments.Incarnation));
        Xoshiro256 random = new((ulong)arguments.Slot);
        bool recheck = arguments.Variant != PlantedBugs.NoRecheck;
        int[] rows = [.. Enumerable.Range(0, BatchSize)];
        self.Phase = ProcessPhase.Running;
        while (!control.ShouldStop)
        {
            bool drawn = recheck ? sampler.Sample(batch) : SampleWithoutRecheck(replay, ref random, batch, rows);
            if (drawn)
            {
                Check(batch, arguments.NStep, self);
            }
        }

        self.Phase = ProcessPhase.Stopped;
        return self.Updates == 0 ? ExitCodes.Pass : ExitCodes.Violation;
    }

    private static void Check(BatchBuffer batch, int nStep, ProcessSlot self)
    {
        for (int i = 0; i < BatchSize; i++)
        {
            if (Provenance.Check(batch.View, i, nStep) is { } wrong)
            {
                if (self.Updates == 0)
                {
                    Console.Error.WriteLine($"reader {self.Index}: {wrong}");
                }

                self.AddUpdates(1);
            }
        }

        self.AddVectorStep(BatchSize);
    }

    private static bool SampleWithoutRecheck(ReplayFile replay, ref Xoshiro256 random, BatchBuffer batch, int[] rows)
    {
        if (replay.Count < replay.Capacity)
        {
            return false;
        }

        long[] slots = new long[BatchSize];
        for (int i = 0; i < BatchSize; i++)
        {
            slots[i] = (long)random.Below((ulong)replay.Capacity);
        }

        return RowGather.Gather<NoRecheckValidation>(replay.Slots, replay.Spec, slots, rows, batch, new int[BatchSize]) == 0;
    }
}
