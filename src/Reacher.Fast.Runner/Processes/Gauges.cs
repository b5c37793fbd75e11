namespace Reacher.Fast.Runner.Processes;

/// <summary>Which gauge of an environment's slot holds what.</summary>
internal static class EnvironmentGauge
{
    public const int ScoreDeviation = 0;
    public const int EpisodeLength = 1;
}

/// <summary>Which gauge of the learner's slot holds what: its last report.</summary>
internal static class LearnerGauge
{
    public const int CriticLoss = 0;
    public const int PolicyLoss = 1;
    public const int MeanQ = 2;
    public const int MeanTarget = 3;
    public const int Entropy = 4;
    public const int EntropyCoefficient = 5;
    public const int CriticGradientNorm = 6;
    public const int PolicyGradientNorm = 7;
}
