using System.Runtime.CompilerServices;

namespace Reacher.Fast.Replay.Format;

/// <summary>
/// The states of a slot, as values of its first word (docs/replay-format.md gives them as equations). A position p counts
/// rows since the beginning and never repeats, so neither does a published stamp: a reader that sees the same stamp before
/// and after its copy has copied one whole row.
/// <code>
/// empty        stamp = 0
/// writing(p)   stamp = 2^63 + p + 1      its payload may be anything
/// published(p) stamp = p + 1             its payload is row p
/// </code>
/// </summary>
internal static class RowStamp
{
    /// <summary>A slot that no row was ever written to.</summary>
    public const ulong Empty = 0;

    /// <summary>Set while a row is being written; still set where a writer died in between.</summary>
    public const ulong WritingFlag = 1UL << 63;

    /// <summary>Positions end here, so that <c>p + 1</c> never reaches the flag: 14,000 years at 20 million rows a second.</summary>
    public const ulong MaximumPosition = WritingFlag - 2;

    /// <summary>The stamp of row <paramref name="position"/> while it is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Writing(ulong position) => WritingFlag | (position + 1);

    /// <summary>The stamp of row <paramref name="position"/> once it is whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Published(ulong position) => position + 1;

    /// <summary>Whether a reader may use a row with this stamp: neither empty nor being written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPublished(ulong stamp) => (long)stamp > 0;

    /// <summary>The position in a stamp that is not empty.</summary>
    public static ulong PositionOf(ulong stamp) => (stamp & ~WritingFlag) - 1;
}
