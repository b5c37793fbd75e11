namespace Reacher.Fast.Training.Reporting.References;

/// <summary>What several seeds scored at a step.</summary>
/// <param name="Step">Environment steps after the first, random ones.</param>
/// <param name="Mean">Mean over the seeds.</param>
/// <param name="Deviation">Standard deviation over the seeds.</param>
/// <param name="Seeds">How many there are.</param>
internal sealed record ReferencePoint(long Step, double Mean, double Deviation, int Seeds);
