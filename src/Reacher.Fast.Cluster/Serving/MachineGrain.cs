using System.Diagnostics;
using System.Numerics;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Training.Env;

namespace Reacher.Fast.Cluster.Serving;

/// <summary>
/// Publishes the rows of one machine. Orleans gives it one call at a time, so that a place changes hands between two frames and never within
/// one; only reports come in between, while a frame waits for the rate limiter.
/// </summary>
/// <param name="run">The run of this process.</param>
internal sealed class MachineGrain(ServedRun run) : Grain, IMachineGrain
{
    /// <summary>How long a frame waits for the rate limiter; its machine sends it again then, and knows meanwhile that the run lives.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(1);

    private readonly EarlyFrames early = new();
    private RowReceiver? receiver;
    private Task? turn;
    private int allowed;

    private StreamEntry Entry => run.Log.Stream((int)this.GetPrimaryKeyLong());

    /// <inheritdoc/>
    public Task Begin(ulong incarnation, ulong environments, string machine)
    {
        Forget();
        Entry.Begin(incarnation, environments, machine);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task End(ulong incarnation)
    {
        if (Entry.Incarnation.ReadAcquire() == incarnation)
        {
            Forget();
            Entry.End();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<FrameAnswer> Forward(byte[] bytes)
    {
        if (RowFrame.TryRead(bytes, run.Replay.Spec, out RowFrame frame) is string problem)
        {
            return new FrameAnswer { Refusal = $"A frame of rows was refused, because {problem}." };
        }

        if (Entry.Incarnation.ReadAcquire() is var holder && holder != frame.Incarnation)
        {
            return new FrameAnswer { MustRejoin = true };
        }

        receiver ??= new RowReceiver(run.Replay, Entry);
        if (receiver.Refuse(frame) is string reason)
        {
            return new FrameAnswer { Refusal = $"A frame of rows was refused, because {reason}." };
        }

        Entry.Hear();
        if (frame.End <= receiver.Mark)
        {
            Entry.Resent.AddAsOwner(1);
        }
        else if (receiver.IsTooEarly(frame))
        {
            return new FrameAnswer { Mark = receiver.Mark, IsKept = early.Keep(frame) };
        }
        else
        {
            await Publish(receiver, frame);
        }

        return new FrameAnswer { Mark = receiver.Mark };
    }

    /// <inheritdoc/>
    public Task<ReportAnswer> Report(MachineReport report)
    {
        StreamEntry entry = Entry;
        if (entry.Incarnation.ReadAcquire() != report.Incarnation)
        {
            return Task.FromResult(new ReportAnswer { MustRejoin = true });
        }

        entry.Hear();
        entry.Waiting.WriteRelease((ulong)report.Waiting);
        entry.WeightVersion.WriteRelease((ulong)report.WeightVersion);
        ulong own = entry.Environments.ReadAcquire();
        foreach (EnvironmentReport environment in report.Environments)
        {
            if (Owns(own, environment.Index))
            {
                Show(environment);
            }
        }

        if (run.Control.ShouldStop)
        {
            run.Told(entry.Index);
        }

        return Task.FromResult(new ReportAnswer
        {
            Mark = entry.Mark.ReadAcquire(),
            StopReason = (int)run.Control.StopReason,
            Transitions = run.Control.TotalTransitions,
            Publication = run.Publication,
        });
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Forget();
        return Task.CompletedTask;
    }

    private static bool Owns(ulong environments, int index) =>
        index is >= 0 and < ControlBlock.MaximumEnvironments && (environments & (1UL << index)) != 0;

    private void Forget()
    {
        receiver?.Dispose();
        receiver = null;
        early.Clear();
    }

    // The frame, and those that came early and whose turn it is then.
    private async Task Publish(RowReceiver rows, RowFrame frame)
    {
        long began = Stopwatch.GetTimestamp();
        while (await Publish(rows, frame, began) && early.TryTake(rows.Mark, out RowFrame next))
        {
            frame = next;
        }
    }

    // As an env process waits before each step, rows wait here, for as many as one step of all the machine's env processes makes: where they
    // and the run's own wait for the same limiter, each gets its turn. What is published is counted as stepped.
    private async Task<bool> Publish(RowReceiver rows, RowFrame frame, long began)
    {
        while (frame.End > rows.Mark && !run.Control.ShouldStop)
        {
            if (allowed <= 0)
            {
                if (!await MayGoOn(began))
                {
                    return false;
                }

                allowed = run.Plan.AgentCount * Math.Max(1, Entry.EnvironmentCount);
            }

            ReadOnlySpan<uint> streams = rows.PublishNext(frame);
            allowed -= streams.Length;
            Count(streams);
            if (streams.IsEmpty && Stopwatch.GetElapsedTime(began) > LongestHold)
            {
                // A writer that was stopped is in the way, which its supervisor ends.
                return false;
            }
        }

        return frame.End <= rows.Mark;
    }

    // A wait that outlasts the call goes on for the next: the machine does not lose its turn.
    private async Task<bool> MayGoOn(long began)
    {
        turn ??= run.Limiter.Wait();
        long waiting = Stopwatch.GetTimestamp();
        TimeSpan left = LongestHold - Stopwatch.GetElapsedTime(began);
        bool isMine = turn.IsCompleted || await Task.WhenAny(turn, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero)) == turn;
        Entry.Held.AddAsOwner((ulong)Stopwatch.GetElapsedTime(waiting).TotalMilliseconds);
        turn = isMine ? null : turn;
        return isMine;
    }

    private void Count(ReadOnlySpan<uint> streams)
    {
        ulong own = Entry.Environments.ReadAcquire();
        for (int begin = 0, i = 0; i < streams.Length; i++)
        {
            uint index = streams[i] / EnvironmentLoop.StreamsPerEnvironment;
            if (i + 1 == streams.Length || streams[i + 1] / EnvironmentLoop.StreamsPerEnvironment != index)
            {
                // A number that is not the machine's would count for another; its rows are counted with the machine's first.
                int counted = Owns(own, (int)index) ? (int)index : BitOperations.TrailingZeroCount(own);
                run.Control.Slot(ProcessRole.Environment, counted).AddVectorSteps(0, i + 1 - begin);
                begin = i + 1;
            }
        }
    }

    private void Show(in EnvironmentReport report)
    {
        ProcessSlot slot = run.Control.Slot(ProcessRole.Environment, report.Index);
        slot.SetVectorSteps(report.VectorSteps, slot.Transitions);
        slot.SetEpisodes(report.Episodes);
        slot.LastScore = report.Score;
        for (int i = 0; i < Math.Min(report.Gauges?.Length ?? 0, ProcessSlot.GaugeCount); i++)
        {
            slot.WriteGauge(i, report.Gauges![i]);
        }

        slot.Beat();
    }
}
