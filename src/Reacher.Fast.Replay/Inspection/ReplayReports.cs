namespace Reacher.Fast.Replay.Inspection;

/// <summary>What <see cref="ReplayInspector"/> finds in a replay's header and leases, without reading the rows.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="FileBytes">The length of the file.</param>
/// <param name="FormatVersion">The format's version.</param>
/// <param name="ObservationSize">Floats in an observation.</param>
/// <param name="ActionSize">Floats in an action.</param>
/// <param name="RowBytes">Bytes from one row to the next.</param>
/// <param name="Capacity">Rows in the ring.</param>
/// <param name="WrittenRows">Rows claimed since creation.</param>
/// <param name="Count">Rows in the ring now.</param>
/// <param name="Created">When it was created.</param>
/// <param name="CreatorPid">The process that created it.</param>
/// <param name="Writers">The leases that are held.</param>
public sealed record ReplayInspection(
    string Path,
    long FileBytes,
    int FormatVersion,
    int ObservationSize,
    int ActionSize,
    int RowBytes,
    long Capacity,
    long WrittenRows,
    long Count,
    DateTimeOffset Created,
    int CreatorPid,
    IReadOnlyList<WriterInspection> Writers);

/// <summary>A writer lease that is held.</summary>
/// <param name="Lease">The number of the lease.</param>
/// <param name="Pid">The holder's process.</param>
/// <param name="Alive">Whether that process still runs.</param>
/// <param name="FirstStream">Stream id of its first agent.</param>
/// <param name="PublishedRows">Rows published through this lease, by all its holders.</param>
/// <param name="DroppedRows">Rows given up because a stopped writer held their slots.</param>
/// <param name="LastHeartbeat">Its last sign of life.</param>
/// <param name="Writing">Whether a claim is open: rows are being written, or the holder died or stopped while it wrote.</param>
public sealed record WriterInspection(
    int Lease, int Pid, bool Alive, uint FirstStream, long PublishedRows, long DroppedRows, DateTimeOffset LastHeartbeat, bool Writing);

/// <summary>What <see cref="ReplayVerifier"/> finds in the rows.</summary>
/// <param name="Slots">Slots looked at: all.</param>
/// <param name="Published">Whole rows whose stamp and checksum are right.</param>
/// <param name="Empty">Slots never written to.</param>
/// <param name="Abandoned">Slots whose writer died while it wrote; readers skip them, the next round heals them.</param>
/// <param name="InProgress">Slots being written by a living process.</param>
/// <param name="BadStamps">Slots whose stamp cannot be: another slot's position, or one not claimed yet.</param>
/// <param name="BadChecksums">Rows whose checksum is wrong.</param>
/// <param name="FirstBadSlot">The first of those; -1 if there is none.</param>
public sealed record ReplayVerification(
    long Slots, long Published, long Empty, long Abandoned, long InProgress, long BadStamps, long BadChecksums, long FirstBadSlot)
{
    /// <summary>Whether every row is whole and true. Abandoned slots are no damage.</summary>
    public bool IsClean => BadStamps == 0 && BadChecksums == 0;
}
