using System.Runtime.InteropServices;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Replay.Inspection;

/// <summary>Reads a replay's header and leases: <c>replay inspect FILE</c>.</summary>
public static class ReplayInspector
{
    /// <summary>What the header and the leases say.</summary>
    public static ReplayInspection Inspect(ReplayFile replay)
    {
        ArgumentNullException.ThrowIfNull(replay);
        MappedHeader header = MemoryMarshal.Read<MappedHeader>(replay.File.Bytes(0, MappedHeader.Size));
        List<WriterInspection> writers = [];
        for (int i = 0; i < ReplayLayout.LeaseCount; i++)
        {
            WriterLease lease = new(replay.File, i);
            ulong owner = lease.Owner.ReadAcquire();
            if (owner != 0)
            {
                writers.Add(new WriterInspection(
                    i,
                    ProcessIdentity.PidOf(owner),
                    ProcessIdentity.IsAlive(owner),
                    (uint)lease.FirstStream.ReadAcquire(),
                    (long)lease.PublishedRows.ReadAcquire(),
                    (long)lease.DroppedRows.ReadAcquire(),
                    Time(lease.Heartbeat.ReadAcquire()),
                    lease.Claim.ReadAcquire() != WriterLease.Idle));
            }
        }

        return new ReplayInspection(
            replay.Path,
            replay.FileBytes,
            (int)header.Version,
            replay.Spec.ObservationSize,
            replay.Spec.ActionSize,
            replay.Spec.StrideBytes,
            replay.Capacity,
            replay.WrittenRows,
            replay.Count,
            Time(header.CreatedUnixMilliseconds),
            (int)header.CreatorPid,
            writers);
    }

    private static DateTimeOffset Time(ulong unixMilliseconds)
    {
        // A damaged word must not become an exception: the last moment that can be named stands for all beyond.
        ulong last = (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        return DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Min(unixMilliseconds, last));
    }
}
