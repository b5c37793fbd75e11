using System.Diagnostics;
using Reacher.Fast.Replay.Layout;
using Reacher.Fast.Replay.Liveness;
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
/// </summary>
internal sealed class ClaimWindow
{
    /// <summary>Longest that a claim may take while a stopped but living writer stands in its way; then the rows are dropped.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly MappedFile file;
    private readonly WriterLease lease;
    private readonly SharedWord claim;
    private readonly SharedWord tail;
    private readonly int index;
    private readonly ulong capacity;
    private ulong limit;

    /// <summary>The window of the holder of lease <paramref name="index"/>.</summary>
    public ClaimWindow(MappedFile file, ReplayLayout layout, int index)
    {
        this.file = file;
        this.index = index;
        lease = new WriterLease(file, index);
        claim = lease.Claim;
        tail = file.Word(ReplayLayout.TailOffset);
        capacity = (ulong)layout.Capacity;
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
        return start + count <= limit || TryClaimSlowly(count, ref start);
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

        return start;
    }

    private bool TryClaimSlowly(ulong count, ref ulong start)
    {
        long began = Stopwatch.GetTimestamp();
        long looked = 0;
        Backoff backoff = default;
        while (true)
        {
            Verdict verdict = Judge(start, count);
            if (verdict == Verdict.Ours)
            {
                return true;
            }

            TimeSpan waited = Stopwatch.GetElapsedTime(began);
            if (waited >= Patience)
            {
                claim.WriteRelease(WriterLease.Idle);
                lease.DroppedRows.AddAsOwner(count);
                return false;
            }

            // Whether a process lives costs a system call or three: not more often than once a millisecond.
            if (looked == 0 || Stopwatch.GetElapsedTime(looked) >= TimeSpan.FromMilliseconds(1))
            {
                FreeTheDead();
                looked = Stopwatch.GetTimestamp();
            }
            else
            {
                backoff.Wait();
            }

            if (verdict == Verdict.Shared)
            {
                start = Claim(count);
            }
        }
    }

    private Verdict Judge(ulong start, ulong count)
    {
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
            }
            else if ((start - from) % capacity < other.LargestClaim.ReadAcquire() || capacity - ((start - from) % capacity) < count)
            {
                verdict = Verdict.Shared;
            }
        }

        // Every claim not seen here ends or begins at `oldest` or later: until then no scan is needed.
        limit = oldest + capacity;
        return verdict;
    }

    private void FreeTheDead()
    {
        for (int i = 0; i < ReplayLayout.LeaseCount; i++)
        {
            if (i != index)
            {
                _ = new WriterLease(file, i).FreeIfDead();
            }
        }
    }
}
