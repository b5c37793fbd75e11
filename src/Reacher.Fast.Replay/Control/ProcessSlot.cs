using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Control;

/// <summary>
/// One process's place in the control block: who it is, whether it lives, and the counters that it alone writes and everyone
/// reads. Counters stay when the process dies, and its successor counts on. Four pairs of cache lines: identity, heartbeat,
/// counters, gauges.
/// </summary>
public readonly struct ProcessSlot
{
    /// <summary>Bytes of a slot.</summary>
    internal const int Stride = 512;

    private readonly MappedFile file;
    private readonly long offset;

    internal ProcessSlot(MappedFile file, long offset, ProcessRole role, int index)
    {
        this.file = file;
        this.offset = offset;
        Role = role;
        Index = index;
    }

    /// <summary>What the process does.</summary>
    public ProcessRole Role { get; }

    /// <summary>Its number among those of its role.</summary>
    public int Index { get; }

    // ---- Identity: written on taking the slot, and by the supervisor -------------------------------------------------

    /// <summary>The holder's process id; 0 if nobody ever took the slot.</summary>
    public int Pid => ProcessIdentity.PidOf(OwnerWord.ReadAcquire());

    /// <summary>Whether a process took the slot and still runs. Costs system calls.</summary>
    public bool IsHolderAlive => ProcessIdentity.IsAlive(OwnerWord.ReadAcquire());

    /// <summary>The holder's start time in kernel ticks since boot.</summary>
    public long StartTicks => (long)Word(8).ReadAcquire();

    /// <summary>How often the supervisor has started this process again; the supervisor alone counts it.</summary>
    public long Restarts => (long)Word(16).ReadAcquire();

    // ---- Heartbeat ---------------------------------------------------------------------------------------------------

    /// <summary>Signs of life so far.</summary>
    public long Heartbeats => (long)Word(128).ReadAcquire();

    /// <summary>
    /// When the last sign of life came, in <see cref="Environment.TickCount64"/> milliseconds, a clock that all processes of a
    /// boot share.
    /// </summary>
    public long LastHeartbeat => (long)Word(136).ReadAcquire();

    /// <summary>Where the process is in its life.</summary>
    public ProcessPhase Phase
    {
        get => (ProcessPhase)Word(144).ReadAcquire();
        set => Word(144).WriteRelease((ulong)value);
    }

    // ---- Counters: environment ----------------------------------------------------------------------------------------

    /// <summary>Agent steps (transitions) made; a row of a vector step in which nobody acted is none.</summary>
    public long Transitions => (long)Word(256).ReadAcquire();

    /// <summary>Vector steps made.</summary>
    public long VectorSteps => (long)Word(264).ReadAcquire();

    /// <summary>Episodes finished (environment or evaluation).</summary>
    public long Episodes => (long)Word(272).ReadAcquire();

    // ---- Counters: learner --------------------------------------------------------------------------------------------

    /// <summary>Updates that the learner has made.</summary>
    public long Updates => (long)Word(280).ReadAcquire();

    /// <summary>Version of the weights last published (learner) or last taken (environment, evaluation).</summary>
    public long WeightVersion
    {
        get => (long)Word(288).ReadAcquire();
        set => Word(288).WriteRelease((ulong)value);
    }

    /// <summary>
    /// Whether the learner found no row to draw when it last wanted to update: until its environments have stepped on, it cannot go on.
    /// </summary>
    public bool IsStarved
    {
        get => Word(296).ReadAcquire() != 0;
        set => Word(296).WriteRelease(value ? 1UL : 0);
    }

    // ---- Gauges -------------------------------------------------------------------------------------------------------

    /// <summary>Score of the last finished episode.</summary>
    public double LastScore
    {
        get => Word(384).ReadDouble();
        set => Word(384).WriteDouble(value);
    }

    /// <summary>Gauges of a slot: figures whose meaning is the role's own.</summary>
    public const int GaugeCount = 12;

    private SharedWord OwnerWord => Word(0);

    /// <summary>
    /// Takes the slot for this process, over whoever held it before. The supervisor starts one process a slot, so nobody else
    /// does.
    /// </summary>
    /// <exception cref="InvalidOperationException">A living process holds the slot.</exception>
    public void Take()
    {
        ulong holder = OwnerWord.ReadAcquire();
        ulong self = ProcessIdentity.Current.Incarnation;
        if ((holder != self && ProcessIdentity.IsAlive(holder)) || !OwnerWord.CompareAndSet(holder, self))
        {
            throw new InvalidOperationException($"Process {Pid} is {Role} {Index} of this run already; end it first.");
        }

        Word(8).WriteRelease(ProcessIdentity.Current.StartTicks);
        IsStarved = false;
        Phase = ProcessPhase.Starting;
        Beat();
    }

    /// <summary>A sign of life. Call it at least every second or so, also while waiting.</summary>
    public void Beat()
    {
        Word(128).AddAsOwner(1);
        Word(136).WriteRelease((ulong)Environment.TickCount64);
    }

    /// <summary>Shows that this process writes to the disk until what is returned is disposed.</summary>
    public SavingScope BeginSaving() => new(this);

    /// <summary>Counts a restart (supervisor).</summary>
    public void AddRestart() => Word(16).AddAsOwner(1);

    /// <summary>Counts a vector step of <paramref name="transitions"/> agent steps (environment).</summary>
    public void AddVectorStep(int transitions) => AddVectorSteps(1, transitions);

    /// <summary>Counts several (the supervisor, before the environment lives, where the counters were lost).</summary>
    internal void AddVectorSteps(long vectorSteps, long transitions)
    {
        Word(264).AddAsOwner((ulong)vectorSteps);
        Word(256).AddAsOwner((ulong)transitions);
    }

    /// <summary>Sets the step counters (a run in one process that goes back to a checkpoint).</summary>
    public void SetVectorSteps(long vectorSteps, long transitions)
    {
        Word(264).WriteRelease((ulong)vectorSteps);
        Word(256).WriteRelease((ulong)transitions);
    }

    /// <summary>Sets the episode counter (as <see cref="SetVectorSteps"/>).</summary>
    public void SetEpisodes(long episodes) => Word(272).WriteRelease((ulong)episodes);

    /// <summary>Counts a finished episode and keeps its score.</summary>
    public void AddEpisode(double score)
    {
        LastScore = score;
        Word(272).AddAsOwner(1);
    }

    /// <summary>Counts updates (learner).</summary>
    public void AddUpdates(int updates) => Word(280).AddAsOwner((ulong)updates);

    /// <summary>Sets the update counter (learner, on resuming from a checkpoint).</summary>
    public void SetUpdates(long updates) => Word(280).WriteRelease((ulong)updates);

    /// <summary>
    /// Gauge <paramref name="index"/> of <see cref="GaugeCount"/>; the role decides what it means. 0 until written.
    /// </summary>
    public double ReadGauge(int index) => Gauge(index).ReadDouble();

    /// <summary>Sets gauge <paramref name="index"/>; the slot's holder alone does.</summary>
    public void WriteGauge(int index, double value) => Gauge(index).WriteDouble(value);

    /// <summary>Sets the first gauges, one for each value; the slot's holder alone does.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more values than gauges.</exception>
    public void WriteGauges(ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(values.Length, GaugeCount, nameof(values));
        for (int i = 0; i < values.Length; i++)
        {
            Word(416 + (8 * i)).WriteDouble(values[i]);
        }
    }

    // The words from 392 to 415 are unused.
    private SharedWord Gauge(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, GaugeCount);
        return Word(416 + (8 * index));
    }

    private SharedWord Word(int at) => file.Word(offset + at);
}
