using System.Globalization;

namespace Reacher.Fast.Training.Reporting.Html;

/// <summary>How an axis' numbers are written.</summary>
internal enum AxisKind
{
    /// <summary>Plain, shortened from a thousand up: 250k, 1.5M.</summary>
    Number = 0,

    /// <summary>Seconds, in the unit that suits their span.</summary>
    Time = 1,
}

/// <summary>A linear axis with round ticks that covers a range of values.</summary>
internal sealed class Axis
{
    private readonly double unit;

    private Axis(AxisKind kind, double minimum, double maximum, double step, double unit)
    {
        Kind = kind;
        Minimum = minimum;
        Maximum = maximum;
        Step = step;
        this.unit = unit;
    }

    /// <summary>How its numbers are written.</summary>
    public AxisKind Kind { get; }

    /// <summary>Value at its beginning.</summary>
    public double Minimum { get; }

    /// <summary>Value at its end.</summary>
    public double Maximum { get; }

    /// <summary>From one tick to the next.</summary>
    public double Step { get; }

    /// <summary>The word for its unit: s, min or h; empty for plain numbers.</summary>
    public string Unit => (Kind, unit) switch
    {
        (AxisKind.Number, _) => string.Empty,
        (_, 1) => "s",
        (_, 60) => "min",
        _ => "h",
    };

    /// <summary>The values at which ticks stand.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            for (int i = 0; Minimum + (i * Step) <= Maximum + (Step * 1e-6); i++)
            {
                yield return Minimum + (i * Step);
            }
        }
    }

    /// <summary>An axis over the range, with about <paramref name="ticks"/> ticks.</summary>
    /// <param name="kind">How its numbers are written.</param>
    /// <param name="minimum">Smallest value to show.</param>
    /// <param name="maximum">Largest value to show.</param>
    /// <param name="ticks">How many ticks are wanted; the axis may have a few more or less.</param>
    /// <param name="tight">Whether it ends with the last value, not at the next tick.</param>
    public static Axis Over(AxisKind kind, double minimum, double maximum, int ticks, bool tight)
    {
        if (!(maximum > minimum))
        {
            double margin = Math.Max(Math.Abs(minimum) * 0.1, 1e-6);
            (minimum, maximum) = (minimum - margin, maximum + margin);
        }

        double unit = kind == AxisKind.Number || maximum <= 300 ? 1 : maximum <= 3 * 3600 ? 60 : 3600;
        double step = RoundUp((maximum - minimum) / unit / ticks) * unit;
        double first = Math.Floor((minimum / step) + 1e-9) * step;
        double last = tight ? maximum : Math.Ceiling((maximum / step) - 1e-9) * step;
        return new Axis(kind, first, last, step, unit);
    }

    /// <summary>Writes the number of a tick.</summary>
    public string Label(double value) =>
        Math.Abs(value) < Step * 1e-9 ? "0" : Format(value / unit, Step / unit, Math.Max(Math.Abs(Minimum), Math.Abs(Maximum)) / unit);

    /// <summary>A value in a sentence: 12,340 as 12.3k.</summary>
    public static string Short(double value) =>
        Format(value, Math.Abs(value) >= 1000 ? Math.Abs(value) / 100 : Math.Abs(value) / 1000, Math.Abs(value));

    // All numbers of an axis are written in one manner, which the largest of them decides.
    private static string Format(double value, double step, double largest)
    {
        (double divisor, string suffix) = largest switch
        {
            >= 1e9 => (1e9, "G"),
            >= 1e6 => (1e6, "M"),
            >= 1e4 => (1e3, "k"),
            _ => (1.0, string.Empty),
        };
        if (largest is > 0 and < 1e-3)
        {
            return value.ToString("0.#e0", CultureInfo.InvariantCulture);
        }

        int decimals = step <= 0 ? 0 : Math.Clamp((int)Math.Ceiling(-Math.Log10(step / divisor) - 1e-9), 0, 6);
        string number = (value / divisor).ToString("N" + decimals, CultureInfo.InvariantCulture);
        return number.Replace('-', '\u2212') + suffix;
    }

    // The distance between ticks is 1, 2 or 5 times a power of ten.
    private static double RoundUp(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        double digit = step / power;
        return (digit <= 1 + 1e-9 ? 1 : digit <= 2 + 1e-9 ? 2 : digit <= 5 + 1e-9 ? 5 : 10) * power;
    }
}
