using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Writing;

/// <summary>
/// One writer's place in the file: who it is, and which rows it may be writing right now. Held by setting the owner word
/// from "nobody" or from a process that is certainly dead; nobody ever waits for a lease.
/// </summary>
internal readonly struct WriterLease
{
    /// <summary>The claim word of a writer that writes nothing.</summary>
    public const ulong Idle = ulong.MaxValue;

    /// <summary>Set in a claim word that names the claim's exact start; without it the word is a lower bound.</summary>
    public const ulong Exact = 1UL << 63;

    private readonly MappedFile file;
    private readonly long offset;

    /// <summary>Lease <paramref name="index"/> of a replay file.</summary>
    public WriterLease(MappedFile file, int index)
    {
        this.file = file;
        offset = ReplayLayout.LeaseOffset(index);
    }

    /// <summary>Incarnation of the holder; 0 when free.</summary>
    public SharedWord Owner => file.Word(offset);

    /// <summary>What the holder writes: <see cref="Idle"/>, a lower bound, or an exact start with <see cref="Exact"/>.</summary>
    public SharedWord Claim => file.Word(offset + 8);

    /// <summary>Most rows of one claim by this holder.</summary>
    public SharedWord LargestClaim => file.Word(offset + 16);

    /// <summary>When the holder's process started, in kernel ticks since boot.</summary>
    public SharedWord StartTicks => file.Word(offset + 24);

    /// <summary>When the holder last gave a sign of life, in Unix milliseconds.</summary>
    public SharedWord Heartbeat => file.Word(offset + 32);

    /// <summary>Rows that holders of this lease have published; only the holder writes it.</summary>
    public SharedWord PublishedRows => file.Word(offset + 40);

    /// <summary>Rows given up because a slower writer held their slots; only the holder writes it.</summary>
    public SharedWord DroppedRows => file.Word(offset + 48);

    /// <summary>First stream id of the holder.</summary>
    public SharedWord FirstStream => file.Word(offset + 56);

    /// <summary>
    /// Longest that a claim through this lease has waited for another writer, in microseconds; only the holder writes it.
    /// </summary>
    public SharedWord LongestWait => file.Word(offset + 64);

    /// <summary>Frees the lease if its holder is certainly dead. True when it is free afterwards.</summary>
    public bool FreeIfDead()
    {
        ulong owner = Owner.ReadAcquire();
        // The exchange names the dead holder: should another have taken the lease meanwhile, it keeps it.
        return owner == 0 || (!ProcessIdentity.IsAlive(owner) && Owner.CompareAndSet(owner, 0));
    }

    /// <summary>Takes the lease if nobody holds it, or a dead process does.</summary>
    public bool TryAcquire(int largestClaim, uint firstStream)
    {
        ProcessIdentity self = ProcessIdentity.Current;
        if (!FreeIfDead() || !Owner.CompareAndSet(0, self.Incarnation))
        {
            return false;
        }

        // A dead holder's claim may still stand here; until this store others merely avoid its slots.
        Claim.WriteRelease(Idle);
        LargestClaim.WriteRelease((ulong)largestClaim);
        StartTicks.WriteRelease(self.StartTicks);
        FirstStream.WriteRelease(firstStream);
        Heartbeat.WriteRelease((ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        return true;
    }

    /// <summary>Gives the lease back.</summary>
    public void Release()
    {
        Claim.WriteRelease(Idle);
        Owner.WriteRelease(0);
    }
}
