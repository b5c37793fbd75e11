namespace Reacher.Fast.Replay.Format;

/// <summary>What a loss of power has cost a replay, found when it was next opened.</summary>
/// <param name="WholeRows">Rows that are there still.</param>
/// <param name="LostRows">Rows whose slots were emptied.</param>
/// <param name="WrittenRowsBefore">What the row counter said; it was set to the newest row that is whole.</param>
/// <param name="WrittenRows">What it says now.</param>
public sealed record ReplayRepair(long WholeRows, long LostRows, long WrittenRowsBefore, long WrittenRows);
