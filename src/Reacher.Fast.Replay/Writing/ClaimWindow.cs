using System.Diagnostics;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Writing;

/// <summary>
/// Claims runs of positions such that no two live writers ever write one slot at once, without a lock and, but for one scan
/// in a whole round of the buffer, without looking at the others (the gating sequence of the LMAX Disruptor).
/// <code>
/// C1  claim := tail                lower bound, announced before anything is claimed
/// C2  t := fetch-add(tail, n)
/// C3  claim := exact t
/// C4  if t + n &lt;= limit: the slots are ours
/// C5  else look at every other claim c that began before t:
///         none shares a slot with [t, t + n): limit := min(c, t) + capacity; the slots are ours
///         an exact one does: give these positions up (their slots keep their old rows) and go to C1
///         only a lower bound says that it might: look again, its writer is between C1 and C3
/// C6  after the rows are published: claim := idle
/// </code>
/// A claim older than ours was announced (C1) before its fetch-add, and ours came after it in the order of the tail, so C5
/// cannot miss it. A dead writer's lease is freed and its claim ignored.
/// In a replay with a gate, C3 is followed by a wait until the gate is at t + n or beyond. Who opens it opens it past the rows that it has
/// forwarded and past those of dead writers only, so a claim that is waiting or being written keeps every later one of its slots out, and
/// C5 finds nothing but the dead.
/// </summary>
internal sealed class ClaimWindow
{
    /// <summary>Longest that a claim may take while a stopped but living writer stands in its way; then the rows are dropped.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    /// <summary>Claims made anew at once before waiting.</summary>
    private const int QuickAttempts = 32;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(2);

    private readonly MappedFile file;
    private readonly WriterLease lease;
    private readonly SharedWord claim;
    private readonly SharedWord tail;
    private readonly int index;
    private readonly ulong capacity;
    private readonly SharedWord gate;
    private readonly bool isGated;
    private ulong limit;
    private long lookedAt;

    /// <summary>The window of the holder of lease <paramref name="index"/>.</summary>
    public ClaimWindow(MappedFile file, ReplayLayout layout, int index)
    {
        this.file = file;
        this.index = index;
        lease = new WriterLease(file, index);
        claim = lease.Claim;
        tail = file.Word(ReplayLayout.TailOffset);
        capacity = (ulong)layout.Capacity;
        gate = file.Word(ReplayLayout.GateOffset);
        isGated = gate.ReadAcquire() != 0;
    }

    private enum Verdict
    {
        Ours,
        Shared,
        Unknown,
    }

    /// <summary>Claims <paramref name="rows"/> positions in a row, or false if slower writers kept their slots too long.</summary>
    public bool TryClaim(int rows, out ulong start)
    {
        ulong count = (ulong)rows;
        start = Claim(count);
        if (start + count <= limit || Judge(start, count, out _) == Verdict.Ours)
        {
            return true;
        }

        long began = Stopwatch.GetTimestamp();
        bool claimed = TryClaimSlowly(count, ref start);
        ulong waited = (ulong)Stopwatch.GetElapsedTime(began).TotalMicroseconds;
        lease.LongestWait.WriteRelease(Math.Max(lease.LongestWait.ReadAcquire(), waited));
        return claimed;
    }

    /// <summary>C6. Release: pairs with the acquire in C5; who sees it may write where we have written.</summary>
    public void Done() => claim.WriteRelease(WriterLease.Idle);

    private ulong Claim(ulong count)
    {
        // C1, C2: the fetch-add releases the announcement and acquires all that were made before older fetch-adds.
        claim.WriteRelease(tail.ReadAcquire());
        ulong start = tail.FetchAdd(count);
        claim.WriteRelease(WriterLease.Exact | start);
        if (start > RowStamp.MaximumPosition - count)
        {
            claim.WriteRelease(WriterLease.Idle);
            throw new MappedFileException($"The replay {file.Path} has counted 2^63 rows, or its counter is damaged; start a new one.");
        }

        if (isGated)
        {
            AwaitGate(start + count);
        }

        return start;
    }

    private void AwaitGate(ulong end)
    {
        // Acquire: pairs with the release in ReplayFile.OpenGate; the rows in these slots have been read for the last time.
        Backoff backoff = default;
        while (gate.ReadAcquire() < end)
        {
            backoff.Wait();
        }
    }

    private bool TryClaimSlowly(ulong count, ref ulong start)
    {
        long began = Stopwatch.GetTimestamp();
        Backoff backoff = default;
        for (int attempt = 0; ; attempt++)
        {
            Verdict verdict = Judge(start, count, out WriterLease inTheWay);
            if (verdict == Verdict.Ours)
            {
                return true;
            }

            FreeIfDead(inTheWay);
            if (Stopwatch.GetElapsedTime(began) >= Patience)
            {
                claim.WriteRelease(WriterLease.Idle);
                lease.DroppedRows.AddAsOwner(count);
                return false;
            }

            // Next to a slot that is being written lie others that are not: claiming anew costs less than any wait. Only a
            // ring so small that every slot is taken makes us wait for one.
            if (attempt >= QuickAttempts || verdict == Verdict.Unknown)
            {
                backoff.Wait();
            }

            if (verdict == Verdict.Shared)
            {
                start = Claim(count);
            }
        }
    }

    private void FreeIfDead(WriterLease other)
    {
        // Whether a process lives costs some system calls: a writer that lives and is slow is not asked again for a while.
        if (lookedAt == 0 || Stopwatch.GetElapsedTime(lookedAt) >= BetweenLooks)
        {
            _ = other.FreeIfDead();
            lookedAt = Stopwatch.GetTimestamp();
        }
    }

    private Verdict Judge(ulong start, ulong count, out WriterLease inTheWay)
    {
        inTheWay = lease;
        ulong oldest = start;
        Verdict verdict = Verdict.Ours;
        for (int i = 0; i < ReplayLayout.LeaseCount; i++)
        {
            WriterLease other = new(file, i);
            if (i == index || other.Owner.ReadAcquire() == 0)
            {
                continue;
            }

            ulong word = other.Claim.ReadAcquire();
            if (word == WriterLease.Idle)
            {
                continue;
            }

            ulong from = word & ~WriterLease.Exact;
            if (from >= start)
            {
                // Began after us: it will see our claim, not we its.
                continue;
            }

            oldest = Math.Min(oldest, from);
            if (start + count <= from + capacity)
            {
                continue;
            }

            if ((word & WriterLease.Exact) == 0)
            {
                verdict = verdict == Verdict.Shared ? Verdict.Shared : Verdict.Unknown;
                inTheWay = other;
            }
            else if ((start - from) % capacity < other.LargestClaim.ReadAcquire() || capacity - ((start - from) % capacity) < count)
            {
                verdict = Verdict.Shared;
                inTheWay = other;
            }
        }

        // Every claim not seen here ends or begins at `oldest` or later: until then no scan is needed.
        limit = oldest + capacity;
        return verdict;
    }
}
