namespace Reacher.Fast.Replay.Writing;

/// <summary>Stores <paramref name="count"/> staged rows in the slots claimed from position <paramref name="start"/> on.</summary>
internal delegate void RowStore(ReplayFile replay, StagedRows staged, ulong start, int count);

/// <summary>
/// What tests plant: another store in place of <see cref="StagedRows.Publish"/>, such as one that stamps a row before it is
/// whole or leaves a fence out. A race test that does not catch such a writer proves nothing about the right one. Nothing but
/// a test plants a store; without one a write costs one comparison for it.
/// </summary>
internal sealed partial class RowWriter
{
    private RowStore? plantedStore;

    /// <summary>Stores rows by <paramref name="store"/> from the next <see cref="Publish"/> on.</summary>
    internal void Plant(RowStore store) => plantedStore = store;
}
