using System.Runtime.InteropServices;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Forwarding;

/// <summary>
/// A mapped file beside a run's replay that says, for each machine that has joined, up to which of its rows the replay has them. With it a
/// row that is sent twice is published once, also across the death of whoever publishes (<see cref="StreamEntry"/>). It belongs to one replay
/// file and is void with another. One process at a time receives.
/// </summary>
internal sealed class AcknowledgementLog : IDisposable
{
    /// <summary>Machines that may have joined at once.</summary>
    public const int StreamCount = 64;

    private const string Kind = "acknowledgement log";
    private const int ReceiverOffset = 256;
    private const long FileBytes = MappedHeader.PageBytes + ((long)StreamCount * StreamEntry.Stride);

    private readonly MappedFile file;

    private AcknowledgementLog(MappedFile file) => this.file = file;

    /// <summary>Makes the log of a replay, in which no machine has joined.</summary>
    /// <exception cref="MappedFileException">The folder cannot be used, or there is no room.</exception>
    public static AcknowledgementLog Create(string path, ReplayFile replay)
    {
        MappedFile file = MappedFile.Create(path, FileBytes, overwrite: true);
        (ulong identity, ulong created) = IdentityOf(replay);
        HeaderPage.Publish(
            file,
            new MappedHeader { StreamCount = StreamCount, StreamStride = StreamEntry.Stride, ReplayIdentity = identity, ReplayCreated = created },
            HeaderPage.AcknowledgementMagic);
        return new AcknowledgementLog(file);
    }

    /// <summary>Opens the log of a replay.</summary>
    /// <exception cref="MappedFileException">It is missing, damaged, or another replay's.</exception>
    public static AcknowledgementLog Open(string path, ReplayFile replay)
    {
        (MappedFile file, MappedHeader header) = HeaderPage.Open(
            path, HeaderPage.AcknowledgementMagic, Kind, TimeSpan.FromSeconds(2), static i => i is >= ReceiverOffset and < ReceiverOffset + 8);
        try
        {
            if (header.StreamCount != StreamCount || header.StreamStride != StreamEntry.Stride || file.Length != FileBytes)
            {
                throw HeaderPage.Damaged(path, Kind, "its header contradicts the file's length");
            }

            return (header.ReplayIdentity, header.ReplayCreated) == IdentityOf(replay)
                ? new AcknowledgementLog(file)
                : throw HeaderPage.Damaged(path, Kind, $"it belongs to another replay than {replay.Path}");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The log of a replay that was just opened and to which nobody writes yet, with everything settled that a killed receiver left; a new
    /// one where there is none that fits, which every machine notices and joins anew.
    /// </summary>
    public static AcknowledgementLog Resume(string path, ReplayFile replay)
    {
        try
        {
            AcknowledgementLog log = Open(path, replay);
            log.Settle(replay);
            return log;
        }
        catch (MappedFileException error) when (error.IsLost)
        {
            return Create(path, replay);
        }
    }

    /// <summary>Makes this process the one that receives, and settles what its predecessor left.</summary>
    /// <exception cref="InvalidOperationException">Another living process receives.</exception>
    public void TakeOver(ReplayFile replay)
    {
        SharedWord receiver = file.Word(ReceiverOffset);
        ulong self = ProcessIdentity.Current.Incarnation, holder = receiver.ReadAcquire();
        if ((holder != self && ProcessIdentity.IsAlive(holder)) || !receiver.CompareAndSet(holder, self))
        {
            throw new InvalidOperationException(
                $"Process {ProcessIdentity.PidOf(receiver.ReadAcquire())} receives rows for the replay {replay.Path} already; end it first.");
        }

        Settle(replay);
    }

    /// <summary>The entry of a stream.</summary>
    public StreamEntry Stream(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, StreamCount);
        return new StreamEntry(file, MappedHeader.PageBytes + ((long)index * StreamEntry.Stride), index);
    }

    /// <summary>All entries that a machine holds.</summary>
    public IEnumerable<StreamEntry> Streams() =>
        Enumerable.Range(0, StreamCount).Select(Stream).Where(entry => entry.Incarnation.ReadAcquire() != 0);

    /// <summary>A free entry; null where all are held.</summary>
    public StreamEntry? FindFree()
    {
        foreach (int index in Enumerable.Range(0, StreamCount))
        {
            if (Stream(index).Incarnation.ReadAcquire() == 0)
            {
                return Stream(index);
            }
        }

        return null;
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose() => file.Dispose();

    private void Settle(ReplayFile replay)
    {
        for (int i = 0; i < StreamCount; i++)
        {
            Stream(i).Settle(replay);
        }
    }

    private static (ulong Identity, ulong Created) IdentityOf(ReplayFile replay)
    {
        MappedHeader header = MemoryMarshal.Read<MappedHeader>(replay.File.Bytes(0, MappedHeader.Size));
        return (header.Identity, header.CreatedUnixMilliseconds);
    }
}
