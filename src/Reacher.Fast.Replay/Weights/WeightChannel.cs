using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Weights;

/// <summary>
/// The newest weights, from the learner to everyone, in one mapped file: two buffers and a published index. The publisher
/// fills the buffer nobody is sent to and then names it; a reader copies the named one. Neither ever waits, no reader sees a
/// mixture, and a publisher that dies halfway leaves the last whole block standing.
/// </summary>
public sealed class WeightChannel : IDisposable
{
    private const string Kind = "weight channel";
    private const int Attempts = 3;

    private readonly MappedFile file;
    private readonly WeightBuffers buffers;
    private readonly SharedWord published;
    private readonly SharedWord publisher;
    private bool publishes;

    private WeightChannel(MappedFile file, int floatCount)
    {
        this.file = file;
        FloatCount = floatCount;
        buffers = new WeightBuffers(file, floatCount);
        published = file.Word(WeightBuffers.PublishedOffset);
        publisher = file.Word(WeightBuffers.PublisherOffset);
    }

    /// <summary>Bytes that the file of a channel of <paramref name="floatCount"/> floats takes.</summary>
    public static long RequiredBytes(int floatCount) => WeightBuffers.FileBytes(floatCount);

    /// <summary>The path of the file, as given.</summary>
    public string Path => file.Path;

    /// <summary>Floats in a block.</summary>
    public int FloatCount { get; }

    /// <summary>Publications so far; 0 before the first.</summary>
    public long PublishedCount => (long)published.ReadAcquire();

    /// <summary>Creates a channel for blocks of <paramref name="floatCount"/> floats.</summary>
    /// <exception cref="MappedFileException">The file exists (and is not to be replaced), its folder cannot be used, or there
    /// is no room.</exception>
    public static WeightChannel Create(string path, int floatCount, bool overwrite = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(floatCount, 1);
        MappedFile file = MappedFile.Create(path, WeightBuffers.FileBytes(floatCount), overwrite);
        HeaderPage.Publish(file, new MappedHeader { FloatCount = (ulong)floatCount }, HeaderPage.WeightMagic);
        return new WeightChannel(file, floatCount);
    }

    /// <summary>Opens a channel.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="expectedFloatCount">What the caller's blocks have; null takes what the file has.</param>
    /// <param name="patience">How long to wait for a creator that has not finished; 2 s where null.</param>
    /// <exception cref="MappedFileException">The file is missing, of another kind, version, byte order, size or length, or
    /// damaged.</exception>
    public static WeightChannel Open(string path, int? expectedFloatCount = null, TimeSpan? patience = null)
    {
        (MappedFile file, MappedHeader header) = HeaderPage.Open(
            path, HeaderPage.WeightMagic, Kind, patience ?? TimeSpan.FromSeconds(2), IsCounter);
        if (header.FloatCount is 0 or > int.MaxValue || WeightBuffers.FileBytes((int)header.FloatCount) != file.Length)
        {
            file.Dispose();
            throw HeaderPage.Damaged(path, Kind, "its header contradicts the file's length");
        }

        if (expectedFloatCount is { } expected && (ulong)expected != header.FloatCount)
        {
            file.Dispose();
            throw new MappedFileException(
                $"The weight channel {path} holds blocks of {header.FloatCount} floats, and this run's network has {expected}; it " +
                "belongs to a run with another network, so name another.");
        }

        return new WeightChannel(file, (int)header.FloatCount);
    }

    /// <summary>Publishes a block. One process at a time; allocates nothing.</summary>
    /// <param name="block">[<see cref="FloatCount"/>] The weights to publish.</param>
    /// <param name="version">What readers are told it is, such as the number of updates behind it.</param>
    /// <exception cref="InvalidOperationException">Another living process publishes to this channel.</exception>
    public void Publish(ReadOnlySpan<float> block, long version)
    {
        CheckLength(block.Length);
        if (!publishes)
        {
            BecomePublisher();
        }

        ulong sequence = published.ReadAcquire() + 1;
        buffers.Write(sequence, version, block);
        // P5. Release: whoever is sent to the buffer finds it whole.
        published.WriteRelease(sequence);
    }

    /// <summary>
    /// Copies the newest block if it is newer than the one last seen. Never waits, never copies a mixture; allocates nothing.
    /// </summary>
    /// <param name="block">[<see cref="FloatCount"/>], overwritten; if the result is false its contents may be anything.</param>
    /// <param name="lastSeen">0 at first; the publication last copied. Updated. (Versions may repeat after a restart;
    /// publications do not.)</param>
    /// <param name="version">The block's version, as published.</param>
    /// <returns>False if there is nothing newer, or it was overwritten twice during the copy: ask again later.</returns>
    public bool TryRead(Span<float> block, ref long lastSeen, out long version)
    {
        CheckLength(block.Length);
        version = 0;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ulong sequence = published.ReadAcquire();
            if (sequence == 0 || sequence == (ulong)lastSeen)
            {
                return false;
            }

            if (buffers.TryRead(sequence, block, out version))
            {
                lastSeen = (long)sequence;
                return true;
            }
        }

        return false;
    }

    /// <summary>Unmaps the file; a publisher lets others publish.</summary>
    public void Dispose()
    {
        if (publishes)
        {
            publishes = false;
            publisher.CompareAndSet(ProcessIdentity.Current.Incarnation, 0);
        }

        file.Dispose();
    }

    private static bool IsCounter(int offset) =>
        offset is (>= WeightBuffers.PublishedOffset and < WeightBuffers.PublishedOffset + 8)
            or (>= WeightBuffers.PublisherOffset and < WeightBuffers.PublisherOffset + 8);

    private void BecomePublisher()
    {
        ulong self = ProcessIdentity.Current.Incarnation;
        ulong holder = publisher.ReadAcquire();
        bool free = holder == 0 || holder == self || !ProcessIdentity.IsAlive(holder);
        if (!free || !publisher.CompareAndSet(holder, self))
        {
            throw new InvalidOperationException(
                $"Process {ProcessIdentity.PidOf(publisher.ReadAcquire())} publishes to the weight channel {file.Path} already; end " +
                "it first.");
        }

        publishes = true;
    }

    private void CheckLength(int length)
    {
        if (length != FloatCount)
        {
            throw new ArgumentException($"The weight channel {file.Path} takes blocks of {FloatCount} floats, not {length}.");
        }
    }
}
