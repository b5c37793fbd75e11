using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting.TensorBoard;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Reporting.Metrics;

/// <summary>
/// Records a run's metrics where people look for them: <c>metrics.jsonl</c>, and a TensorBoard event file with ML-Agents' tags. On a full
/// disk the run goes on: points of the curves that cannot be written are dropped, and the user is told so once.
/// </summary>
internal sealed class MetricsRecorder : IDisposable
{
    private readonly RunFolder run;
    private readonly RunOptions options;
    private readonly long? resumedAt;
    private MetricsFile? file;
    private EventFile? events;

    /// <summary>Opens the files of a run and writes the configuration as text, or does so later if it cannot be done now.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="resumedAt">Transitions from which the run goes on; null for a run that begins.</param>
    public MetricsRecorder(RunFolder run, RunOptions options, long? resumedAt = null)
    {
        (this.run, this.options, this.resumedAt) = (run, options, resumedAt);
        try
        {
            MachineDescription.Save(run.Machine);
            Open();
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            Warn(error);
        }
    }

    /// <summary>One sentence about the first line that could not be written; null while all is well. To be shown once.</summary>
    public string? Warning { get; private set; }

    /// <summary>Records one line.</summary>
    /// <param name="line">The line that holds what was measured.</param>
    public void Record(MetricsLine line)
    {
        try
        {
            Open();
            file.Append(line);
            if (line.Kind == MetricsKind.Progress)
            {
                RecordProgress(line);
            }
            else
            {
                RecordEpisode(line);
            }
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            Warn(error);
        }
    }

    /// <summary>Records what a scene reported.</summary>
    /// <param name="line">A line of kind <see cref="MetricsKind.Statistics"/>.</param>
    /// <param name="totals">What is in it, with what only TensorBoard can hold.</param>
    public void Record(MetricsLine line, IReadOnlyCollection<StatisticTotal> totals)
    {
        try
        {
            Open();
            file.Append(line);
            events.Scalars(line.Transitions, [.. totals.Select(total => (total.Key, total.Combined))]);
            foreach (StatisticTotal total in totals)
            {
                events.Histogram(line.Transitions, total.Key + "_hist", CollectionsMarshal.AsSpan(total.Values));
            }
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            Warn(error);
        }
    }

    /// <summary>
    /// Records the returns of the agents' training episodes as ML-Agents does, their mean and their distribution, in TensorBoard alone.
    /// Where there are none it writes nothing.
    /// </summary>
    /// <param name="transitions">Agent decisions so far.</param>
    /// <param name="returns">Of the episodes that have ended since the last call; finite.</param>
    public void RecordReturns(long transitions, ReadOnlySpan<double> returns)
    {
        if (returns.IsEmpty)
        {
            return;
        }

        double sum = 0;
        foreach (double value in returns)
        {
            sum += value;
        }

        double mean = sum / returns.Length;
        try
        {
            Open();
            events.Scalars(transitions, ("Environment/Cumulative Reward", mean), ("Policy/Extrinsic Reward", mean));
            events.Histogram(transitions, "Environment/Cumulative Reward_hist", returns);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            Warn(error);
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        file?.Dispose();
        events?.Dispose();
    }

    private void Warn(Exception error) =>
        Warning ??= $"Metrics are not written ({AtomicFile.Reason(error)}); the run goes on without them until they can be again.";

    [MemberNotNull(nameof(file), nameof(events))]
    private void Open()
    {
        file ??= new MetricsFile(run.Metrics);
        if (events is null)
        {
            events = new EventFile(run.BehaviorFolder);
            if (resumedAt is long transitions)
            {
                // What was recorded at this very step came before the checkpoint, and is not recorded again.
                events.StartSession(transitions + 1);
            }

            string configuration = ConfigurationWriter.ToYaml(options, withComments: false);
            events.Text(0, "Hyperparameters", "    " + configuration.Replace("\n", "\n    ", StringComparison.Ordinal));
            events.Scalars(0, ("Is Training", 1));
        }
    }

    private void RecordProgress(MetricsLine line) => events!.Scalars(
        line.Transitions,
        [
            .. ProgressFigures.All.Select(figure => (figure.Figure.Tag, Value(line.Figure(figure.Figure.Name)))),
            .. (line.Machines ?? []).SelectMany(MachineScalars),
        ]);

    // Two machines may have the same name, and never the same place.
    private static IEnumerable<(string, double)> MachineScalars(JoinedStatus machine)
    {
        string group = string.Create(CultureInfo.InvariantCulture, $"Machines/{machine.Name.Replace('/', '_')} {machine.Place} ");
        return
        [
            (group + "Rows per Second", machine.RowsPerSecond),
            (group + "Waiting Rows", machine.Waiting),
            (group + "Weights Behind", machine.WeightsBehind),
            (group + "Silent Seconds", machine.SilentSeconds),
        ];
    }

    private void RecordEpisode(MetricsLine line)
    {
        if (line.Kind == MetricsKind.Training)
        {
            events!.Scalars(line.Transitions, ("Environment/Episode Length", Value(line.EpisodeLength)));
        }
        else
        {
            events!.Scalars(line.Transitions, ("Evaluation/Score", Value(line.Score)), ("Evaluation/Window Mean", Value(line.WindowMean)));
        }
    }

    private static double Value(double? measured) => measured ?? double.NaN;
}
