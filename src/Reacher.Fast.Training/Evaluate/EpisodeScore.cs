namespace Reacher.Fast.Training.Evaluate;

/// <summary>What an evaluation episode came to.</summary>
/// <param name="Mean">Its score: the mean over the agents.</param>
/// <param name="Deviation">Standard deviation over the agents.</param>
/// <param name="WasCut">Whether it was cut before each agent had come to an end.</param>
internal readonly record struct EpisodeScore(double Mean, double Deviation, bool WasCut);
