namespace Reacher.Fast.Core.Kernels;

/// <summary>
/// What a figure of training is called everywhere it is shown. These are plain strings: whoever shows figures loops over them, so
/// that a figure more is a row more and nothing else.
/// </summary>
public record Figure
{
    /// <summary>The key in <c>metrics.jsonl</c> and in what <c>--json</c> prints, in snake case.</summary>
    public required string Name { get; init; }

    /// <summary>The tag of the curve in TensorBoard: ML-Agents' tag where ML-Agents has that curve.</summary>
    public required string Tag { get; init; }

    /// <summary>One sentence on what it measures, for people and for OpenTelemetry.</summary>
    public required string Description { get; init; }

    /// <summary>The name of the OpenTelemetry instrument; null where there is none.</summary>
    public string? Instrument { get; init; }

    /// <summary>The instrument's unit in UCUM's notation.</summary>
    public string Unit { get; init; } = "1";

    /// <summary>The curve on a run's page; null where it is not drawn.</summary>
    public FigureCurve? Curve { get; init; }

    /// <summary>The place in the live view; null where it is not shown.</summary>
    public FigureCell? Cell { get; init; }
}

/// <summary>A curve on a run's page.</summary>
/// <param name="Chart">The chart's title; figures of one title share a chart.</param>
/// <param name="Legend">What the curve is called beside the others in its chart.</param>
/// <param name="Colour">Which of the page's colours it has, from 1.</param>
/// <param name="Order">Charts of a lower order come first; those of the same order come as in the table.</param>
public sealed record FigureCurve(string Chart, string Legend, int Colour, int Order = 0);

/// <summary>A place in the live view's list of figures.</summary>
/// <param name="Row">The row's name; figures of one name share a row.</param>
/// <param name="Format">A composite format with the number as argument 0.</param>
/// <param name="Order">0 for the row's value, from 1 for what stands in the note beside it.</param>
public sealed record FigureCell(string Row, string Format, int Order = 0);
