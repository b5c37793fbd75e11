using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Run;

/// <summary>Which gauge of an environment's slot holds what: its last training episode.</summary>
internal static class EnvironmentGauge
{
    public const int ScoreDeviation = 0;
    public const int EpisodeLength = 1;

    /// <summary>Shows the episode that ended last, and counts it.</summary>
    /// <param name="slot">The environment's own.</param>
    /// <param name="score">The mean over the agents.</param>
    /// <param name="deviation">The standard deviation over the agents.</param>
    /// <param name="length">The mean length in decisions.</param>
    public static void Write(ProcessSlot slot, double score, double deviation, double length)
    {
        slot.WriteGauge(ScoreDeviation, deviation);
        slot.WriteGauge(EpisodeLength, length);
        slot.AddEpisode(score);
    }

    /// <summary>The last training episodes of env processes 0 to <paramref name="count"/> - 1, as if they were one of all their agents.</summary>
    /// <returns>Mean and standard deviation over the agents, mean length; the mean is not a number before an episode has ended.</returns>
    public static (double Score, double Deviation, double Length) Read(ControlBlock control, int count)
    {
        double sum = 0, squares = 0, length = 0;
        int ended = 0;
        for (int i = 0; i < count; i++)
        {
            ProcessSlot slot = control.Slot(ProcessRole.Environment, i);
            if (slot.Episodes > 0)
            {
                double score = slot.LastScore, deviation = slot.ReadGauge(ScoreDeviation);
                ended++;
                sum += score;
                squares += (score * score) + (deviation * deviation);
                length += slot.ReadGauge(EpisodeLength);
            }
        }

        double mean = sum / ended;
        return ended == 0 ? (double.NaN, 0, 0) : (mean, Math.Sqrt(Math.Max(0, (squares / ended) - (mean * mean))), length / ended);
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
