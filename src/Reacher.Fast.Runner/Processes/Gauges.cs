using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Runner.Actor;

namespace Reacher.Fast.Runner.Processes;

/// <summary>Which gauge of an environment's slot holds what: its last training episode.</summary>
internal static class EnvironmentGauge
{
    public const int ScoreDeviation = 0;
    public const int EpisodeLength = 1;

    /// <summary>Shows the episode that ended last, and counts it.</summary>
    public static void Write(ProcessSlot slot, EpisodeScores scores)
    {
        slot.WriteGauge(ScoreDeviation, scores.LastDeviation);
        slot.WriteGauge(EpisodeLength, scores.LastLength);
        slot.AddEpisode(scores.LastMean);
    }
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
    public const int Q1Loss = 8;
    public const int Q2Loss = 9;

    /// <summary>Shows a report. Ten stores: cheap enough for every update.</summary>
    public static void Write(ProcessSlot slot, in LearnerReport report)
    {
        slot.WriteGauge(CriticLoss, report.CriticLoss);
        slot.WriteGauge(PolicyLoss, report.PolicyLoss);
        slot.WriteGauge(MeanQ, report.MeanQ);
        slot.WriteGauge(MeanTarget, report.MeanTarget);
        slot.WriteGauge(Entropy, report.Entropy);
        slot.WriteGauge(EntropyCoefficient, report.EntropyCoefficient);
        slot.WriteGauge(CriticGradientNorm, report.CriticGradientNorm);
        slot.WriteGauge(PolicyGradientNorm, report.PolicyGradientNorm);
        slot.WriteGauge(Q1Loss, report.Q1Loss);
        slot.WriteGauge(Q2Loss, report.Q2Loss);
    }
}
