using System.Globalization;

namespace Reacher.Fast.Training.Reporting;

/// <summary>A number of things, in words.</summary>
internal static class Quantity
{
    /// <summary>Such as <c>1 episode</c> or <c>2,000 episodes</c>.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="noun">What one of them is called.</param>
    public static string Of(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");
}
