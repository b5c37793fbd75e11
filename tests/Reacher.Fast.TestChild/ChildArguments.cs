using System.Globalization;

namespace Reacher.Fast.TestChild;

/// <summary>What a writer or reader child is told, in order on its command line.</summary>
/// <param name="Replay">The replay file.</param>
/// <param name="Control">The control block through which it reports and is stopped.</param>
/// <param name="Slot">Its number: of the environment slot for writers, the evaluation slot for readers.</param>
/// <param name="NStep">n of the n-step return.</param>
/// <param name="Incarnation">How often this child was started; part of what its rows encode.</param>
/// <param name="Variant">"correct" or the name of a planted bug.</param>
public sealed record ChildArguments(string Replay, string Control, int Slot, int NStep, int Incarnation, string Variant)
{
    /// <summary>Reads a command line.</summary>
    public static ChildArguments Parse(string[] words) => new(
        words[0],
        words[1],
        int.Parse(words[2], CultureInfo.InvariantCulture),
        int.Parse(words[3], CultureInfo.InvariantCulture),
        int.Parse(words[4], CultureInfo.InvariantCulture),
        words[5]);

    /// <summary>The command line that <see cref="Parse"/> reads.</summary>
    public string[] ToWords() =>
    [
        Replay,
        Control,
        Slot.ToString(CultureInfo.InvariantCulture),
        NStep.ToString(CultureInfo.InvariantCulture),
        Incarnation.ToString(CultureInfo.InvariantCulture),
        Variant,
    ];
}
