using System.Runtime.InteropServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Replay.Forwarding;

/// <summary>
/// Publishes the rows of one machine in the run's replay, each once, in the order A1 to A5 of <see cref="StreamEntry"/>. One call at a time.
/// </summary>
internal sealed class RowReceiver : IClaimWitness, IDisposable
{
    /// <summary>Rows published at once: enough to stream them, few enough that the rate limiter is asked often.</summary>
    public const int MostRows = 64;

    private readonly StreamEntry entry;
    private readonly TransitionSpec spec;
    private readonly RowWriter writer;
    private readonly ulong incarnation;
    private ulong beginning;

    /// <summary>The receiver of the machine that holds <paramref name="entry"/>.</summary>
    /// <param name="replay">The run's replay; may be disposed before this.</param>
    /// <param name="entry">The machine's place in the log.</param>
    public RowReceiver(ReplayFile replay, StreamEntry entry)
    {
        this.entry = entry;
        spec = replay.Spec;
        incarnation = entry.Incarnation.ReadAcquire();
        writer = new RowWriter(replay, (int)Math.Min(MostRows, replay.Capacity), 0) { Witness = this };
    }

    /// <summary>For tests, which plant another store.</summary>
    public RowWriter Writer => writer;

    /// <summary>Every row before this position is published.</summary>
    public ulong Mark => entry.Mark.ReadAcquire();

    /// <summary>What is wrong with a frame of this machine; null if its rows can be published.</summary>
    public string? Refuse(in RowFrame frame) =>
        frame.Incarnation != incarnation || entry.Incarnation.ReadAcquire() != incarnation
            ? "it comes from an earlier life of its machine"
            : frame.Stream != entry.Index ? "it comes from another machine" : null;

    /// <summary>Whether rows are missing between what is published and the frame: an earlier frame was lost and comes again.</summary>
    public bool IsTooEarly(in RowFrame frame) => frame.After > Mark;

    /// <summary>Publishes the next rows of a frame that are not published yet, at most <see cref="MostRows"/>; none where it holds no such.</summary>
    /// <returns>Stream ids of the rows that were published, valid until the next call; empty where a stopped writer was in the way, too.</returns>
    public ReadOnlySpan<uint> PublishNext(in RowFrame frame)
    {
        ulong first = Math.Max(Mark, frame.First);
        if (first >= frame.End)
        {
            return [];
        }

        int count = (int)Math.Min(frame.End - first, (ulong)writer.LargestClaim);
        for (int i = 0; i < count; i++)
        {
            Stage(i, frame.Row(first + (ulong)i, spec));
        }

        beginning = first;
        if (writer.Publish(count) == 0)
        {
            return [];
        }

        entry.Complete(first + (ulong)count, count);
        return writer.Staged.Streams(count);
    }

    /// <inheritdoc/>
    public void Claimed(ulong start, int count) => entry.Intend(beginning, start, count);

    /// <summary>Gives the writer's lease back.</summary>
    public void Dispose() => writer.Dispose();

    private void Stage(int row, ReadOnlySpan<byte> bytes)
    {
        uint stream = MemoryMarshal.Read<uint>(bytes[8..]);
        ReadOnlySpan<float> payload = MemoryMarshal.Cast<byte, float>(bytes.Slice(TransitionSpec.RowHeaderBytes, spec.PayloadBytes));
        writer.Staged.Compose(
            row,
            stream,
            payload[..spec.ObservationSize],
            payload.Slice(spec.ActionOffset, spec.ActionSize),
            payload[spec.RewardOffset],
            payload[spec.DiscountOffset],
            payload[spec.NextObservationOffset..]);
    }
}
