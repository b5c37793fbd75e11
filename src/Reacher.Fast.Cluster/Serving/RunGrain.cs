using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Forwarding;

namespace Reacher.Fast.Cluster.Serving;

/// <summary>Says what the run is, and gives places in it.</summary>
/// <param name="run">The run of this process.</param>
internal sealed class RunGrain(ServedRun run) : Grain, IRunGrain
{
    /// <summary>A machine that was silent for so long gives its place to another that needs it. Until then it may come back to it.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public Task<RunAnswer> Ask(string version)
    {
        string plan = run.Plan.ToJson();
        return Task.FromResult(new RunAnswer { Version = ProgramVersion.Ours, Plan = version == ProgramVersion.Ours ? plan : null });
    }

    /// <inheritdoc/>
    public async Task<PlaceAnswer> Join(string version, string machine, int environments)
    {
        if (version != ProgramVersion.Ours)
        {
            return new PlaceAnswer { Refusal = ProgramVersion.Refuse(theirs: ProgramVersion.Ours, ours: version) };
        }

        if (environments < 1 || environments > run.MostEnvironments)
        {
            return Refuse(string.Create(
                CultureInfo.InvariantCulture,
                $"The run takes at most {run.MostEnvironments} env processes of other machines, and {environments} were asked for."));
        }

        await FreeSilent(environments);
        if (run.Log.FindFree() is not { } entry)
        {
            return Refuse(string.Create(
                CultureInfo.InvariantCulture, $"The run has {AcknowledgementLog.StreamCount} machines already; end one of them first."));
        }

        if (FreeNumbers() < environments)
        {
            return Refuse(string.Create(
                CultureInfo.InvariantCulture,
                $"The run has numbers for {FreeNumbers()} more env processes of the {run.MostEnvironments} that other machines may have, and " +
                $"{environments} were asked for; give a smaller --num-envs."));
        }

        int[] indices = [.. Numbers(~Taken()).Take(environments)];
        ulong incarnation = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
        await GrainFactory.GetGrain<IMachineGrain>(entry.Index).Begin(incarnation, Mask(indices), machine);
        ProcessSlot[] slots = [.. indices.Select(index => run.Control.Slot(ProcessRole.Environment, index))];
        return new PlaceAnswer
        {
            Stream = entry.Index,
            Incarnation = incarnation,
            Environments = indices,
            VectorSteps = [.. slots.Select(slot => slot.VectorSteps)],
            Episodes = [.. slots.Select(slot => slot.Episodes)],
        };
    }

    /// <inheritdoc/>
    public Task<MachineAnswer[]> Status() => Task.FromResult<MachineAnswer[]>([.. run.Log.Streams().Select(entry => new MachineAnswer
    {
        Name = entry.Name,
        Environments = entry.EnvironmentCount,
        Rows = (long)entry.Rows.ReadAcquire(),
        Waiting = (long)entry.Waiting.ReadAcquire(),
        WeightsBehind = run.Control.Learner.WeightVersion - (long)entry.WeightVersion.ReadAcquire(),
        SilentMilliseconds = entry.SilentMilliseconds,
        HeldMilliseconds = (long)entry.Held.ReadAcquire(),
        Resent = (long)entry.Resent.ReadAcquire(),
    })]);

    private static PlaceAnswer Refuse(string sentence) => new() { Refusal = sentence };

    private static ulong Mask(IEnumerable<int> indices) => indices.Aggregate(0UL, (mask, index) => mask | (1UL << index));

    private static IEnumerable<int> Numbers(ulong mask) =>
        Enumerable.Range(0, ControlBlock.MaximumEnvironments).Where(index => (mask & (1UL << index)) != 0);

    private ulong Taken() => run.Log.Streams().Aggregate(run.OwnEnvironments, (mask, entry) => mask | entry.Environments.ReadAcquire());

    private int FreeNumbers() => BitOperations.PopCount(~Taken());

    // The longest silent first, and no more of them than are needed.
    private async Task FreeSilent(int environments)
    {
        while (run.Log.FindFree() is null || FreeNumbers() < environments)
        {
            StreamEntry? silent = run.Log.Streams().Where(entry => entry.SilentMilliseconds > LongestSilence.TotalMilliseconds)
                .OrderByDescending(entry => entry.SilentMilliseconds).Select(entry => (StreamEntry?)entry).FirstOrDefault();
            if (silent is not { } gone)
            {
                return;
            }

            await GrainFactory.GetGrain<IMachineGrain>(gone.Index).End(gone.Incarnation.ReadAcquire());
        }
    }
}

/// <summary>Gives weights, from the same copy to all.</summary>
/// <param name="run">The run of this process.</param>
internal sealed class WeightGrain(ServedRun run) : Grain, IWeightGrain
{
    /// <inheritdoc/>
    public Task<WeightAnswer?> Pull(long seen, long begun, int offset)
    {
        WeightCopy? copy = begun == 0 ? run.Weights.Newest(seen) : run.Weights.Begun(begun);
        return Task.FromResult(copy?.Piece(offset));
    }
}
