using Spectre.Console;

namespace Reacher.Fast.View;

/// <summary>A line of the live view, which is never longer than it may be: what does not fit is cut, and an ellipsis says so.</summary>
/// <param name="width">Columns that it may take.</param>
internal sealed class LiveLine(int width)
{
    private const string Ellipsis = "…";
    private readonly List<(string Text, Style Style)> parts = [];

    /// <summary>Columns taken so far.</summary>
    public int Length { get; private set; }

    /// <summary>Appends text, of which each character takes one column.</summary>
    public LiveLine Add(string text, Style? style = null)
    {
        int room = width - Length;
        if (text.Length > room)
        {
            text = room > 0 ? text[..(room - 1)] + Ellipsis : "";
        }

        if (text.Length > 0)
        {
            parts.Add((text, style ?? Style.Plain));
            Length += text.Length;
        }

        return this;
    }

    /// <summary>Appends another line.</summary>
    public LiveLine Add(LiveLine other)
    {
        foreach ((string text, Style style) in other.parts)
        {
            Add(text, style);
        }

        return this;
    }

    /// <summary>Appends spaces up to a column.</summary>
    public LiveLine PadTo(int column) => Add(new string(' ', Math.Max(0, Math.Min(column, width) - Length)));

    /// <summary>What Spectre draws.</summary>
    public Paragraph Draw()
    {
        // A line without a character would not count as one.
        var paragraph = new Paragraph { Overflow = Overflow.Crop };
        foreach ((string text, Style style) in parts.DefaultIfEmpty((" ", Style.Plain)))
        {
            paragraph.Append(text, style);
        }

        return paragraph;
    }
}
