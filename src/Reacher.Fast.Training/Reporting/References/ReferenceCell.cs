namespace Reacher.Fast.Training.Reporting.References;

/// <summary>One step of a comparison with a reference.</summary>
/// <param name="Ours">What our seeds scored.</param>
/// <param name="Reference">What the reference's did; null where it has no such step.</param>
internal sealed record ReferenceCell(ReferencePoint Ours, ReferencePoint? Reference)
{
    /// <summary>
    /// The means may be so far apart: twice the deviation of their difference, by the smaller of both deviations over our seeds. A single seed
    /// has no deviation, so that it is given the reference's.
    /// </summary>
    public double? Limit
    {
        get
        {
            if (Reference is null)
            {
                return null;
            }

            double deviation = Ours.Seeds > 1 ? Math.Min(Ours.Deviation, Reference.Deviation) : Reference.Deviation;
            return 2 * Math.Sqrt(
                (Reference.Deviation * Reference.Deviation / Reference.Seeds) + (deviation * deviation / Ours.Seeds));
        }
    }

    /// <summary>Whether the means agree; above the reference is as much a miss as below it.</summary>
    public bool? Agrees => Reference is null ? null : Math.Abs(Ours.Mean - Reference.Mean) <= Limit;
}
