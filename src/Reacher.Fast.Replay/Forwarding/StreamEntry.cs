using System.Numerics;
using System.Text;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Forwarding;

/// <summary>
/// One machine's place in an <see cref="AcknowledgementLog"/>: which life of it has joined, up to which position its rows are in the replay,
/// and, while rows are being written, where. The order of these steps is what makes them survive a kill anywhere:
/// <code>
/// A1  claim positions [s, s + n) of the replay for the rows [f, f + n) of the machine, f = mark
/// A2  intent := (f, s, n); intent stands          release
/// A3  publish the rows in this order
/// A4  mark := f + n                               release
/// A5  intent stands no longer                     release
/// A6  acknowledge mark
/// </code>
/// A row is published by one store, and rows in order, so whoever takes over finds the first k of them in their slots and sets mark to
/// f + k (<see cref="Settle"/>). Before A2 nothing is published; after A4 all is. A row whose slot holds a newer one counts as published: its
/// time in the ring is over.
/// </summary>
internal readonly struct StreamEntry
{
    /// <summary>Bytes of an entry.</summary>
    public const int Stride = 512;

    private const int NameOffset = 384;
    private const int NameBytes = 64;

    private readonly MappedFile file;
    private readonly long offset;

    /// <summary>The entry at <paramref name="offset"/> of a log.</summary>
    public StreamEntry(MappedFile file, long offset, int index) => (this.file, this.offset, Index) = (file, offset, index);

    /// <summary>Its number.</summary>
    public int Index { get; }

    /// <summary>Which life of a machine holds it; 0 none.</summary>
    public SharedWord Incarnation => Word(0);

    /// <summary>Every row before this position of the machine's ring is in the replay, once; or was lost before it was acknowledged.</summary>
    public SharedWord Mark => Word(8);

    /// <summary>Bit i: env process i of the run is one of the machine's.</summary>
    public SharedWord Environments => Word(16);

    /// <summary>Milliseconds since the machine last spoke.</summary>
    public long SilentMilliseconds => Math.Max(0, Now - (long)Heard.ReadAcquire());

    /// <summary>Rows of the machine that have been published, over all of this life.</summary>
    public SharedWord Rows => Word(136);

    /// <summary>Rows that lay in the machine's ring, not yet acknowledged, when it last spoke.</summary>
    public SharedWord Waiting => Word(144);

    /// <summary>The version of the weights that it acted with.</summary>
    public SharedWord WeightVersion => Word(152);

    /// <summary>Milliseconds that the run's rate limiter has held the machine's rows.</summary>
    public SharedWord Held => Word(160);

    /// <summary>Frames that were resent, and so dropped here.</summary>
    public SharedWord Resent => Word(168);

    /// <summary>How many env processes the machine has.</summary>
    public int EnvironmentCount => BitOperations.PopCount(Environments.ReadAcquire());

    /// <summary>The machine's name, for people.</summary>
    public string Name
    {
        get
        {
            ReadOnlySpan<byte> bytes = file.Bytes(offset + NameOffset, NameBytes);
            int end = bytes.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        }
    }

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    // When the machine last spoke, in Unix milliseconds.
    private SharedWord Heard => Word(128);

    private SharedWord Stands => Word(256);

    private SharedWord IntentFirst => Word(264);

    private SharedWord IntentStart => Word(272);

    private SharedWord IntentCount => Word(280);

    /// <summary>Gives the entry to a new life of a machine.</summary>
    public void Begin(ulong incarnation, ulong environments, string name)
    {
        // Nobody's while it is changed: who is killed meanwhile leaves a free entry.
        Incarnation.WriteRelease(0);
        Stands.WriteRelease(0);
        Mark.WriteRelease(0);
        Environments.WriteRelease(environments);
        for (int at = 128; at <= 168; at += 8)
        {
            Word(at).WriteRelease(0);
        }

        Span<byte> bytes = file.Bytes(offset + NameOffset, NameBytes);
        bytes.Clear();
        Encoding.UTF8.GetEncoder().Convert(name, bytes[..^1], flush: true, out _, out _, out _);
        Hear();
        Incarnation.WriteRelease(incarnation);
    }

    /// <summary>The machine has spoken.</summary>
    public void Hear() => Heard.WriteRelease((ulong)Now);

    /// <summary>Takes the machine out.</summary>
    public void End() => Incarnation.WriteRelease(0);

    /// <summary>A2: rows from <paramref name="first"/> on are about to be written to positions from <paramref name="start"/> on.</summary>
    public void Intend(ulong first, ulong start, int count)
    {
        IntentFirst.WriteRelease(first);
        IntentStart.WriteRelease(start);
        IntentCount.WriteRelease((ulong)count);
        Stands.WriteRelease(1);
    }

    /// <summary>A4 and A5: they are published.</summary>
    public void Complete(ulong end, int count)
    {
        Mark.WriteRelease(end);
        Stands.WriteRelease(0);
        Rows.AddAsOwner((ulong)count);
    }

    /// <summary>
    /// Finishes what a receiver that was killed has begun. To be called before anybody writes to a replay that was opened anew: opening may
    /// take positions back that were claimed and not published, and others would write other rows there.
    /// </summary>
    public void Settle(ReplayFile replay)
    {
        if (Stands.ReadAcquire() == 0)
        {
            return;
        }

        ulong first = IntentFirst.ReadAcquire(), start = IntentStart.ReadAcquire(), count = IntentCount.ReadAcquire(), published = 0;
        while (published < count && WasPublished(replay, start + published))
        {
            published++;
        }

        // A mark that is further already was set by A4.
        Mark.WriteRelease(Math.Max(Mark.ReadAcquire(), first + published));
        Stands.WriteRelease(0);
    }

    private static bool WasPublished(ReplayFile replay, ulong position)
    {
        ulong stamp = replay.ReadStamp(position);
        return stamp == RowStamp.Published(position) || (stamp != RowStamp.Empty && RowStamp.PositionOf(stamp) > position);
    }

    private SharedWord Word(int at) => file.Word(offset + at);
}
