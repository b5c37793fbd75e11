using System.Globalization;
using Reacher.Fast.Training.Output;
using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.View;

/// <summary>One line every few seconds, in ML-Agents' manner.</summary>
internal sealed class PlainView : IRunView
{
    private const double Interval = 5;
    private double lastShown = double.NegativeInfinity;
    private RunPhase lastPhase;
    private long lastEvaluation;

    /// <param name="output">What standard output goes through; the line that it writes where others are missing is a warning.</param>
    public PlainView(OutputPipe output) => output.Notice = lines => Warning(OutputPipe.DescribeGap(lines));

    public void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
    {
        // The final evaluation is told of as soon as it begins: until then the last line was of training.
        bool begins = status.Phase == RunPhase.EvaluatingTheFinalPolicy && status.Phase != lastPhase;
        lastPhase = status.Phase;
        if (status.ElapsedSeconds - lastShown < Interval && !begins)
        {
            return;
        }

        lastShown = status.ElapsedSeconds;
        if (status.Phase == RunPhase.EvaluatingTheFinalPolicy)
        {
            Write(string.Create(
                CultureInfo.InvariantCulture,
                $"[INFO] {status.Behavior}. Final evaluation: {status.FinalEpisodes} of {status.WindowSize} episodes, mean {status.FinalScore:F2}."));
            return;
        }

        string training = double.IsNaN(status.TrainingScore)
            ? "No episode was completed since last summary."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Mean Reward: {status.TrainingScore:F3}. Std of Reward: {status.TrainingScoreDeviation:F3}.");
        string evaluation = status.EvaluationEpisodes == lastEvaluation
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $" Evaluation: {status.EvaluationScore:F2}, mean of {status.WindowCount}/{status.WindowSize}: {status.WindowMean:F2}" +
                $"{(status.Threshold is double threshold ? $" of {threshold}" : "")}.");
        string machines = status.Machines is { Count: > 0 } joined
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" Machines: {joined.Count}{(joined.Count(one => one.IsSilent) is > 0 and var silent ? $", {silent} silent" : "")}, " +
                $"{joined.Sum(one => one.RowsPerSecond):F0} rows/s.")
            : "";
        lastEvaluation = status.EvaluationEpisodes;
        Write(string.Create(
            CultureInfo.InvariantCulture,
            $"[INFO] {status.Behavior}. Step: {status.Transitions}. Time Elapsed: {status.ElapsedSeconds:F3} s. {training} " +
            $"Training.{evaluation} {status.UpdatesPerSecond:F0} updates/s.{machines}"));
    }

    public void Say(string sentence) => Write(Warning(sentence));

    public void Finish(RunSummary summary)
    {
        Write($"[INFO] {summary.Outcome}.");
        Write(summary.ToText().TrimEnd('\n'), RunSummary.ValueColumn);
    }

    // A terminal that could not be drawn over shows lines too, and breaks them anywhere.
    private static void Write(string lines, int indent = 0) => Console.Write(Views.Lines(lines, !Console.IsOutputRedirected, indent));

    private static string Warning(string sentence) => $"[WARNING] {sentence}";
}
