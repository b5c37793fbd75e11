using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay;

/// <summary>
/// A replay buffer in one memory-mapped file: a ring of transitions that many processes write and many read at once, without
/// a lock, and that survives the death of any of them, or of all. Write with <see cref="Writing.TransitionWriter"/>, read
/// with <see cref="Sampling.ReplaySampler"/>. The format is docs/replay-format.md.
/// </summary>
public sealed class ReplayFile : IDisposable
{
    private const string Kind = "replay";

    /// <summary>Slots whose stamps the tail is held against on opening.</summary>
    private const long SampledStamps = 4096;

    private readonly SharedWord tail;
    private readonly SharedWord gate;

    private ReplayFile(MappedFile file, ReplayLayout layout, ulong firstPosition)
    {
        File = file;
        Layout = layout;
        FirstPosition = firstPosition;
        Slots = new RowSlots(file, layout);
        tail = file.Word(ReplayLayout.TailOffset);
        gate = file.Word(ReplayLayout.GateOffset);
    }

    /// <summary>The path of the file, as given.</summary>
    public string Path => File.Path;

    /// <summary>The sizes of one transition.</summary>
    public TransitionSpec Spec => Layout.Spec;

    /// <summary>Rows in the ring.</summary>
    public long Capacity => Layout.Capacity;

    /// <summary>Rows claimed since the file was created, those overwritten and those lost to dead writers included.</summary>
    public long WrittenRows => (long)(Tail - FirstPosition);

    /// <summary>Rows in the ring now: <see cref="WrittenRows"/>, at most <see cref="Capacity"/>.</summary>
    public long Count => Math.Min(WrittenRows, Capacity);

    /// <summary>Bytes of the file.</summary>
    public long FileBytes => File.Length;

    /// <summary>What was lost, where opening found rows damaged and emptied their slots; else null.</summary>
    public ReplayRepair? Repair { get; private set; }

    internal MappedFile File { get; }

    internal ReplayLayout Layout { get; }

    internal RowSlots Slots { get; }

    internal ulong FirstPosition { get; }

    internal ulong Tail => tail.ReadAcquire();

    /// <summary>
    /// Writers write only rows before this position, and wait where they have come to it; null in a replay without a gate, where they
    /// overwrite the oldest rows. Only who forwards the rows moves it, and never back.
    /// </summary>
    internal ulong? Gate => gate.ReadAcquire() is var limit and > 0 ? limit : null;

    /// <summary>Rows that were claimed from <paramref name="position"/> on.</summary>
    internal long RowsFrom(ulong position) => (long)(Tail - Math.Min(position, Tail));

    /// <summary>The stamp in the slot of <paramref name="position"/>, which may be that of another row.</summary>
    internal ulong ReadStamp(ulong position) => Slots.ReadStamp((long)(position % (ulong)Capacity));

    /// <summary>Whether the next <paramref name="rows"/> rows may be written without a wait.</summary>
    internal bool HasRoom(int rows) => Gate is not { } limit || Tail + (ulong)rows <= limit;

    /// <summary>
    /// Lets writers write up to <paramref name="limit"/>. Release: pairs with the acquire in ClaimWindow; the rows they overwrite have been read.
    /// </summary>
    internal void OpenGate(ulong limit) => gate.WriteRelease(Math.Max(limit, gate.ReadAcquire()));

    /// <summary>Bytes that a file of <paramref name="capacity"/> rows takes.</summary>
    public static long RequiredBytes(TransitionSpec spec, long capacity)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ReplayLayout layout = new(spec, capacity);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, layout.MaximumCapacity);
        return layout.FileBytes;
    }

    /// <summary>Creates the file with all its space reserved, so that a full disk shows now and never as a dead process later.</summary>
    /// <param name="path">Where to create it: <c>/dev/shm</c> or a folder on a local disk. It is readable by its owner alone.</param>
    /// <param name="spec">The sizes of one transition.</param>
    /// <param name="capacity">Rows in the ring.</param>
    /// <param name="options">How to map it; the defaults where null.</param>
    /// <exception cref="MappedFileException">The file exists, its folder cannot be used, or there is no room.</exception>
    public static ReplayFile Create(string path, TransitionSpec spec, long capacity, ReplayOptions? options = null)
    {
        options ??= new ReplayOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.FirstPosition);
        long bytes = RequiredBytes(spec, capacity);
        ReplayLayout layout = new(spec, capacity);
        MappedFile file = MappedFile.Create(path, bytes, options.Overwrite);
        file.Share();
        file.Advise(options.Populate);
        // The ready word comes last; the space was handed out zeroed, so every slot is empty and every lease free.
        file.Word(ReplayLayout.TailOffset).WriteRelease((ulong)options.FirstPosition);
        if (options.Gate is { } rows)
        {
            file.Word(ReplayLayout.GateOffset).WriteRelease((ulong)options.FirstPosition + (ulong)rows);
        }

        HeaderPage.Publish(
            file,
            new MappedHeader
            {
                ObservationSize = (uint)spec.ObservationSize,
                ActionSize = (uint)spec.ActionSize,
                RowStride = (uint)spec.StrideBytes,
                LeaseCount = ReplayLayout.LeaseCount,
                Capacity = (ulong)capacity,
                FirstPosition = (ulong)options.FirstPosition,
            },
            HeaderPage.ReplayMagic);
        return new ReplayFile(file, layout, (ulong)options.FirstPosition);
    }

    /// <summary>
    /// Opens an existing file, whoever else uses it, and however its last users ended. The first to open it verifies every row and takes
    /// out those that a loss of power has torn (<see cref="Repair"/>); whoever comes meanwhile waits.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="expected">The sizes the caller needs; null takes what the file has.</param>
    /// <param name="options">How to map it; the defaults where null.</param>
    /// <exception cref="MappedFileException">The file is missing, of another kind, version, byte order, spec or length, or
    /// damaged.</exception>
    public static ReplayFile Open(string path, TransitionSpec? expected = null, ReplayOptions? options = null)
    {
        options ??= new ReplayOptions();
        (MappedFile file, MappedHeader header) = OpenHeader(path, options.OpenPatience);
        try
        {
            ReplayLayout layout = ReadLayout(path, header, file.Length, expected);
            ReplayFile replay = new(file, layout, header.FirstPosition);
            replay.RepairOnce(options);
            replay.CheckTail();
            file.Advise(options.Populate);
            return replay;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The rows in the ring of an existing file, as its header says: nothing of the file is changed, and no row is looked at.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="expected">The sizes the caller needs.</param>
    /// <param name="patience">How long to wait for a creator that has not finished yet.</param>
    /// <exception cref="MappedFileException">As for <see cref="Open"/>, but for what only the rows could tell.</exception>
    internal static long ReadCapacity(string path, TransitionSpec expected, TimeSpan patience)
    {
        (MappedFile file, MappedHeader header) = OpenHeader(path, patience);
        using (file)
        {
            return ReadLayout(path, header, file.Length, expected).Capacity;
        }
    }

    /// <summary>
    /// Forgets the rows after the first <paramref name="writtenRows"/>: a run in one process that goes on from a checkpoint
    /// writes them again. Rows that they had overwritten do not come back. Nobody else may use the file meanwhile.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many rows.</exception>
    public void Rewind(long writtenRows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(writtenRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(writtenRows, WrittenRows);
        ulong end = FirstPosition + (ulong)writtenRows, capacity = (ulong)Capacity;
        ulong last = Tail;
        for (ulong position = last - end > capacity ? last - capacity : end; position < last; position++)
        {
            Slots.Empty((long)(position % capacity));
        }

        tail.WriteRelease(end);
    }

    /// <summary>Unmaps the file once its writers and samplers are disposed too. The file stays.</summary>
    public void Dispose() => File.Dispose();

    // One who only judges the file takes no part in its use: a run that goes on meanwhile must still find itself alone with it.
    private void RepairOnce(ReplayOptions options)
    {
        if (options.Repair)
        {
            if (File.TryBeAlone())
            {
                Repair = RowRepair.Run(Slots, Layout, FirstPosition, tail);
            }

            File.Share();
        }
    }

    /// <summary>
    /// Throws where the tail contradicts the rows. It is the one header word that no checksum covers, because every claim adds
    /// to it; but the rows bear positions, and those of a sample of slots must fit it.
    /// </summary>
    private void CheckTail()
    {
        ulong before = Tail;
        ulong newest = 0;
        long step = Math.Max(1, Capacity / SampledStamps);
        for (long slot = 0; slot < Capacity; slot += step)
        {
            ulong stamp = Slots.ReadStamp(slot);
            if (stamp != RowStamp.Empty)
            {
                newest = Math.Max(newest, stamp & ~RowStamp.WritingFlag);
            }
        }

        // Others may be writing: what was sampled lies between the tail before and the tail after.
        ulong after = Tail;
        ulong capacity = (ulong)Capacity;
        bool impossible = before < FirstPosition || after > RowStamp.MaximumPosition || after < before;
        // A row newer than the tail; or a ring gone round with no row of the last two rounds in it.
        bool contradicted = newest > after || (before - FirstPosition > 2 * capacity && newest < before - (2 * capacity));
        if (impossible || contradicted)
        {
            throw HeaderPage.Damaged(Path, Kind, "its row counter does not fit its rows");
        }
    }

    private static (MappedFile File, MappedHeader Header) OpenHeader(string path, TimeSpan patience) => HeaderPage.Open(
        path, HeaderPage.ReplayMagic, Kind, patience, static i =>
            i is (>= ReplayLayout.TailOffset and < ReplayLayout.TailOffset + 8) or (>= ReplayLayout.GateOffset and < ReplayLayout.GateOffset + 8));

    private static ReplayLayout ReadLayout(string path, MappedHeader header, long length, TransitionSpec? expected)
    {
        if (header.ObservationSize is 0 or > TransitionSpec.MaximumSize || header.ActionSize is 0 or > TransitionSpec.MaximumSize)
        {
            throw HeaderPage.Damaged(path, Kind, "its header names impossible sizes");
        }

        TransitionSpec spec = new((int)header.ObservationSize, (int)header.ActionSize);
        ReplayLayout empty = new(spec, 0);
        if (header.RowStride != spec.StrideBytes || header.LeaseCount != ReplayLayout.LeaseCount ||
            header.Capacity is 0 || header.Capacity > (ulong)empty.MaximumCapacity ||
            (empty with { Capacity = (long)header.Capacity }).FileBytes != length)
        {
            throw HeaderPage.Damaged(path, Kind, "its header contradicts itself or the file's length");
        }

        if (expected is not null && expected != spec)
        {
            throw new MappedFileException(
                $"The replay {path} holds observations of {spec.ObservationSize} and actions of {spec.ActionSize} floats, and this run has " +
                $"{expected.ObservationSize} and {expected.ActionSize}; it belongs to a run of other sizes, so name another.");
        }

        return empty with { Capacity = (long)header.Capacity };
    }
}

/// <summary>How a replay file is created and mapped; the defaults suit a training run.</summary>
public sealed record ReplayOptions
{
    /// <summary>Replaces an existing file (by a new one; processes that still map the old one keep it).</summary>
    public bool Overwrite { get; init; }

    /// <summary>Maps every page at once, so that no first write or read of a page pays for it; costs about 0.1 s per gigabyte.</summary>
    public bool Populate { get; init; }

    /// <summary>
    /// Verifies every row on opening, where nobody else has the file open, and empties the slots of those that are damaged. Without it the
    /// file is opened as it is.
    /// </summary>
    public bool Repair { get; init; } = true;

    /// <summary>How long to wait, on opening, for a creator that has not finished yet.</summary>
    public TimeSpan OpenPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Writers wait rather than overwrite rows that nobody has forwarded yet: the ring of a machine that has joined a run. They may write
    /// this many rows at first, 1 to <c>capacity</c>, and more as the gate is opened; null for a replay without a gate.
    /// </summary>
    internal long? Gate { get; init; }

    /// <summary>The position that the first row gets; other than 0 only to test counters far from it.</summary>
    public long FirstPosition { get; init; }
}
