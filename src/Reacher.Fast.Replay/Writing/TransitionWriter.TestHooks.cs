namespace Reacher.Fast.Replay.Writing;

/// <summary>Hands what tests plant on to the rows' writer, which says what it is for.</summary>
public sealed partial class TransitionWriter
{
    /// <inheritdoc cref="RowWriter.Plant"/>
    internal void Plant(RowStore store) => writer.Plant(store);
}
