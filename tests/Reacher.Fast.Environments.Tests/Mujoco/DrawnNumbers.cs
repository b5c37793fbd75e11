namespace Reacher.Fast.Environments.Tests.Mujoco;

/// <summary>
/// Compares drawn numbers with the distribution that they should be of. The draws follow from seeds, so that what is found is the same on
/// every machine and in every run.
/// </summary>
internal static class DrawnNumbers
{
    // A sample of the distribution itself lies further off in one of some ten thousand cases; noise of a scale that is a tenth off does in all.
    private const double FarOff = 2.2;

    /// <summary>Holds the numbers against a cumulative distribution by the greatest distance between the two (Kolmogorov, Smirnov).</summary>
    public static void AreOf(Func<double, double> distribution, double[] numbers, string what)
    {
        double[] sorted = [.. numbers.Order()];
        double most = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            double expected = distribution(sorted[i]);
            most = Math.Max(most, Math.Max(expected - ((double)i / sorted.Length), ((double)(i + 1) / sorted.Length) - expected));
        }

        Assert.That(most, Is.LessThan(FarOff / Math.Sqrt(sorted.Length)), $"{what}: the greatest distance from the distribution");
    }

    /// <summary>Holds that neither number of a pair tells of the other.</summary>
    public static void AreApart(double[] one, double[] other, string what)
    {
        double first = one.Average(), second = other.Average();
        double both = one.Zip(other, (x, y) => (x - first) * (y - second)).Sum();
        double correlation = both / Math.Sqrt(one.Sum(x => (x - first) * (x - first)) * other.Sum(y => (y - second) * (y - second)));
        Assert.That(Math.Abs(correlation), Is.LessThan(5 / Math.Sqrt(one.Length)), $"{what}: the correlation");
    }

    /// <summary>Uniform between two numbers.</summary>
    public static Func<double, double> Uniform(double low, double high) => x => Math.Clamp((x - low) / (high - low), 0, 1);

    /// <summary>Normal about zero. The integral is that of the density, by Simpson's rule.</summary>
    public static Func<double, double> Normal(double deviation) =>
        x => 0.5 + Integral(t => Math.Exp(-0.5 * t * t) / Math.Sqrt(2 * Math.PI), 0, x / deviation);

    /// <summary>With a density that need not be of area 1, between two numbers.</summary>
    public static Func<double, double> Of(Func<double, double> density, double low, double high)
    {
        double whole = Integral(density, low, high);
        return x => Integral(density, low, Math.Clamp(x, low, high)) / whole;
    }

    private static double Integral(Func<double, double> function, double from, double to)
    {
        const int Parts = 200;
        double width = (to - from) / Parts, sum = function(from) + function(to);
        for (int i = 1; i < Parts; i++)
        {
            sum += (i % 2 == 0 ? 2 : 4) * function(from + (i * width));
        }

        return sum * width / 3;
    }
}
