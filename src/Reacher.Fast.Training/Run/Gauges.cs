using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Training.Run;

/// <summary>Which gauge of an environment's slot holds what: its last training episode.</summary>
internal static class EnvironmentGauge
{
    public const int ScoreDeviation = 0;
    public const int EpisodeLength = 1;
    public const int Agents = 2;

    /// <summary>Shows the episode that ended last, and counts it.</summary>
    /// <param name="slot">The slot of the environment's process.</param>
    /// <param name="score">The mean over the agents.</param>
    /// <param name="deviation">The standard deviation over the agents.</param>
    /// <param name="length">The mean length in decisions.</param>
    /// <param name="agents">The agents that took part.</param>
    public static void Write(ProcessSlot slot, double score, double deviation, double length, int agents)
    {
        slot.WriteGauge(Agents, agents);
        slot.WriteGauge(ScoreDeviation, deviation);
        slot.WriteGauge(EpisodeLength, length);
        slot.AddEpisode(score);
    }

    /// <summary>The last training episodes of env processes 0 to <paramref name="count"/> - 1, as if they were one of all their agents.</summary>
    /// <returns>Mean and standard deviation over the agents, mean length; the mean is not a number before an episode has ended.</returns>
    public static (double Score, double Deviation, double Length) Read(ControlBlock control, int count)
    {
        double sum = 0, squares = 0, length = 0, ended = 0;
        for (int i = 0; i < count; i++)
        {
            ProcessSlot slot = control.Slot(ProcessRole.Environment, i);
            if (slot.Episodes > 0)
            {
                // A run that goes on from a version that did not count them has 0 here until the next episode ends.
                double agents = Math.Max(1, slot.ReadGauge(Agents)), score = slot.LastScore, deviation = slot.ReadGauge(ScoreDeviation);
                ended += agents;
                sum += agents * score;
                squares += agents * ((score * score) + (deviation * deviation));
                length += agents * slot.ReadGauge(EpisodeLength);
            }
        }

        double mean = sum / ended;
        return ended == 0 ? (double.NaN, 0, 0) : (mean, Math.Sqrt(Math.Max(0, (squares / ended) - (mean * mean))), length / ended);
    }
}

/// <summary>The learner's last report in the gauges of its slot: gauge i holds the figure in <see cref="ReportSlot"/> i.</summary>
internal static class LearnerGauge
{
    /// <summary>Shows a report. One store a figure: cheap enough for every update.</summary>
    public static void Write(ProcessSlot slot, in LearnerReport report) => slot.WriteGauges(report.Values);

    /// <summary>The figures of the last report, by their slots; zeros before the first.</summary>
    public static double[] Read(ProcessSlot slot)
    {
        double[] figures = new double[ReportSlot.Count];
        for (int i = 0; i < figures.Length; i++)
        {
            figures[i] = slot.ReadGauge(i);
        }

        return figures;
    }
}
