using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Control;

/// <summary>
/// What the processes of a run tell each other besides data: whether to stop, who lives, what each has counted, and the rate
/// limiter's state. One mapped file, no lock: every word has one writer, but for the stop reason, which is set once.
/// Survives the death of all; <see cref="Open"/> it and go on.
/// </summary>
public sealed class ControlBlock : IDisposable
{
    /// <summary>The most environment processes that a run may have.</summary>
    public const int MaximumEnvironments = 64;

    /// <summary>The most evaluation processes that a run may have.</summary>
    public const int MaximumEvaluators = 7;

    private const string Kind = "control block";
    // The last slot beside the evaluations' is that of the process that speaks to other machines.
    private const int EvaluationSlots = MaximumEvaluators + 1;
    private const int StopOffset = 256;
    private const int CooldownOffset = 320;
    private const int LimiterOffset = 384;
    private const int LimiterWords = 7;
    private const int SlotCount = 2 + MaximumEnvironments + EvaluationSlots;
    private const long SlotsOffset = MappedHeader.PageBytes;
    private const long FileBytes = SlotsOffset + ((long)SlotCount * ProcessSlot.Stride);

    private readonly MappedFile file;
    private readonly SharedWord stop;
    private readonly SharedWord cooldown;

    private ControlBlock(MappedFile file)
    {
        this.file = file;
        stop = file.Word(StopOffset);
        cooldown = file.Word(CooldownOffset);
        Limiter = new RateLimiter(this, file, LimiterOffset);
    }

    /// <summary>The path of the file, as given.</summary>
    public string Path => file.Path;

    /// <summary>Holds updates per transition at a ratio, both ways.</summary>
    public RateLimiter Limiter { get; }

    /// <summary>Why the run is to end; <see cref="StopReason.None"/> while it goes on. Every loop looks at it every turn.</summary>
    public StopReason StopReason => (StopReason)stop.ReadAcquire();

    /// <summary>Whether the run is to end.</summary>
    public bool ShouldStop => stop.ReadAcquire() != 0;

    /// <summary>
    /// Transitions that had been made when the run's last phase began, in which learning rates fall to zero; null before. Set
    /// by the supervisor, read by the learner.
    /// </summary>
    public long? CooldownStart
    {
        get => cooldown.ReadAcquire() is var start and > 0 ? (long)start : null;
        set => cooldown.WriteRelease((ulong)(value ?? 0));
    }

    /// <summary>The slot of the supervisor.</summary>
    public ProcessSlot Supervisor => Slot(ProcessRole.Supervisor, 0);

    /// <summary>The slot of the learner.</summary>
    public ProcessSlot Learner => Slot(ProcessRole.Learner, 0);

    /// <summary>The slot of the process that speaks to other machines.</summary>
    public ProcessSlot Cluster => Slot(ProcessRole.Cluster, 0);

    /// <summary>Agent steps by all environments.</summary>
    public long TotalTransitions
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < MaximumEnvironments; i++)
            {
                sum += Slot(ProcessRole.Environment, i).Transitions;
            }

            return sum;
        }
    }

    /// <summary>Episodes finished in all environments.</summary>
    public long TotalEpisodes
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < MaximumEnvironments; i++)
            {
                sum += Slot(ProcessRole.Environment, i).Episodes;
            }

            return sum;
        }
    }

    /// <summary>Creates a control block with everything at zero.</summary>
    /// <exception cref="MappedFileException">The file exists (and is not to be replaced), its folder cannot be used, or there
    /// is no room.</exception>
    public static ControlBlock Create(string path, bool overwrite = false)
    {
        MappedFile file = MappedFile.Create(path, FileBytes, overwrite);
        HeaderPage.Publish(
            file,
            new MappedHeader
            {
                EnvironmentSlots = MaximumEnvironments,
                EvaluationSlots = EvaluationSlots,
                SlotStride = ProcessSlot.Stride,
            },
            HeaderPage.ControlMagic);
        return new ControlBlock(file);
    }

    /// <summary>Opens a control block.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="patience">How long to wait for a creator that has not finished; 2 s where null.</param>
    /// <exception cref="MappedFileException">The file is missing, of another kind, version, byte order or length, or damaged.</exception>
    public static ControlBlock Open(string path, TimeSpan? patience = null)
    {
        (MappedFile file, MappedHeader header) = HeaderPage.Open(
            path, HeaderPage.ControlMagic, Kind, patience ?? TimeSpan.FromSeconds(2), IsCounter);
        if (header.EnvironmentSlots != MaximumEnvironments || header.EvaluationSlots != EvaluationSlots ||
            header.SlotStride != ProcessSlot.Stride || file.Length != FileBytes)
        {
            file.Dispose();
            throw HeaderPage.Damaged(path, Kind, "its header contradicts the file's length");
        }

        return new ControlBlock(file);
    }

    /// <summary>The slot of process <paramref name="index"/> of a role.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    public ProcessSlot Slot(ProcessRole role, int index)
    {
        (int first, int count) = role switch
        {
            ProcessRole.Supervisor => (0, 1),
            ProcessRole.Learner => (1, 1),
            ProcessRole.Environment => (2, MaximumEnvironments),
            ProcessRole.Cluster => (2 + MaximumEnvironments + MaximumEvaluators, 1),
            _ => (2 + MaximumEnvironments, MaximumEvaluators),
        };
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        return new ProcessSlot(file, SlotsOffset + ((long)(first + index) * ProcessSlot.Stride), role, index);
    }

    /// <summary>Asks everyone to end; the first reason stands. True if it was this one.</summary>
    public bool RequestStop(StopReason reason)
    {
        if (reason == StopReason.None)
        {
            throw new ArgumentOutOfRangeException(nameof(reason), reason, "To go on, clear the stop instead.");
        }

        return stop.CompareAndSet(0, (ulong)reason);
    }

    /// <summary>Takes the request back: the supervisor, before it starts a resumed run's processes.</summary>
    public void ClearStop() => stop.WriteRelease(0);

    /// <summary>Unmaps the file; slots and limiter must not be used any more. The file stays.</summary>
    public void Dispose() => file.Dispose();

    private static bool IsCounter(int offset) =>
        offset is (>= StopOffset and < StopOffset + 8)
            or (>= CooldownOffset and < CooldownOffset + 8)
            or (>= LimiterOffset and < LimiterOffset + (8 * LimiterWords));
}
