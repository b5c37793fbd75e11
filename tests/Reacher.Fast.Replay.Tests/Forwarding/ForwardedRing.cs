using System.Runtime.InteropServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.TestChild;

namespace Reacher.Fast.Replay.Tests.Forwarding;

/// <summary>
/// A machine's ring, a run's replay and the log beside it, and the same rows once more in a plain replay: whatever became of senders and
/// receivers, the run's replay must hold those rows in that order.
/// </summary>
internal sealed class ForwardedRing : IDisposable
{
    public const ulong Incarnation = 0xABCDEF0123456789;

    private readonly TemporaryFolder folder = TemporaryFolder.InMemory();
    private readonly ReplayFile reference;
    private readonly TransitionWriter writer;
    private readonly TransitionWriter referenceWriter;
    private readonly EpisodePlayer player = new(0, 0);
    private readonly EpisodePlayer referencePlayer = new(0, 0);

    public ForwardedRing(long ringCapacity, long capacity)
    {
        Ring = ReplayFile.Create(folder["ring"], Provenance.Spec, ringCapacity, new ReplayOptions { Gate = ringCapacity });
        Replay = ReplayFile.Create(folder["replay"], Provenance.Spec, capacity);
        reference = ReplayFile.Create(folder["reference"], Provenance.Spec, capacity);
        Log = AcknowledgementLog.Create(folder["log"], Replay);
        Log.Stream(0).Begin(Incarnation, 1, "tested");
        writer = new TransitionWriter(Ring, Provenance.Streams, 0, 1, Provenance.Gamma);
        referenceWriter = new TransitionWriter(reference, Provenance.Streams, 0, 1, Provenance.Gamma);
    }

    public ReplayFile Ring { get; }

    public ReplayFile Replay { get; }

    public AcknowledgementLog Log { get; }

    public string LogPath => folder["log"];

    public StreamEntry Entry => Log.Stream(0);

    /// <summary>Writes a vector step, waiting for room in the ring.</summary>
    public void Step()
    {
        player.Step(writer);
        referencePlayer.Step(referenceWriter);
    }

    public RowSender NewSender() => new(Ring, Incarnation, 0, Entry.Mark.ReadAcquire());

    public RowReceiver NewReceiver()
    {
        Log.TakeOver(Replay);
        return new RowReceiver(Replay, Entry);
    }

    /// <summary>Publishes all of a frame.</summary>
    public static void Publish(RowReceiver receiver, byte[] frame)
    {
        while (receiver.PublishNext(RowFrame.Of(frame)).Length > 0)
        {
        }
    }

    /// <summary>The run's rows, each once and in order, are those that were written.</summary>
    public void AssertExactlyOnce() => Assert.That(Identities(Replay), Is.EqualTo(Identities(reference)));

    /// <summary>How many rows the machine has written.</summary>
    public long Written => reference.WrittenRows;

    public void Dispose()
    {
        writer.Dispose();
        referenceWriter.Dispose();
        Log.Dispose();
        Replay.Dispose();
        Ring.Dispose();
        reference.Dispose();
        folder.Dispose();
    }

    // Stream, episode, step and incarnation of every published row, in the order of positions; abandoned positions are left out.
    private static List<(float, float, float, float)> Identities(ReplayFile replay)
    {
        List<(float, float, float, float)> found = [];
        using ReplayRows rows = new(replay);
        byte[] row = new byte[replay.Spec.StrideBytes];
        for (long position = rows.First; position < rows.End; position++)
        {
            if (rows.Copy(position, 1, row) == 1)
            {
                ReadOnlySpan<float> observation = MemoryMarshal.Cast<byte, float>(row.AsSpan(TransitionSpec.RowHeaderBytes));
                found.Add((observation[0], observation[1], observation[2], observation[3]));
            }
        }

        return found;
    }
}
