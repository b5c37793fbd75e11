using System.Globalization;
using System.Text;
using Reacher.Fast.Core;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting.Html;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Reporting.References;

/// <summary>The runs of one task and algorithm, one a seed, beside a published curve.</summary>
internal sealed record ReferenceComparison
{
    /// <summary>What the picture says of its lines.</summary>
    public const string PictureNote = "thick: mean over the seeds; thin: one standard deviation above and below";

    /// <summary>The task that was trained on.</summary>
    public required string Task { get; init; }

    /// <summary>The reference's name for it.</summary>
    public required string ReferenceTask { get; init; }

    /// <summary>The algorithm: sac or td3.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The steps that all seeds have reached.</summary>
    public required IReadOnlyList<ReferenceCell> Cells { get; init; }

    /// <summary>Compares runs with a file's curve.</summary>
    /// <exception cref="InputException">The runs are not of one task and algorithm with rounds, or the file has no such curve.</exception>
    public static ReferenceComparison Load(IReadOnlyList<string> runs, string resultsFolder, string file)
    {
        SavedRun[] saved = [.. runs.Select(run => SavedRun.Find(run, resultsFolder))];
        RunOptions first = saved[0].Options;
        foreach ((RunFolder folder, RunOptions options) in saved)
        {
            if (options.Environment.Name != first.Environment.Name || options.Algorithm != first.Algorithm)
            {
                throw new InputException(
                    $"'{saved[0].Folder.Id}' is {first.Algorithm} on {first.Environment.Name} and '{folder.Id}' {options.Algorithm} on " +
                    $"{options.Environment.Name}; with --reference all runs must be of one task and one algorithm.");
            }

            if (options.EvaluationInterval == 0)
            {
                throw new InputException(
                    $"The run '{folder.Id}' evaluated all the time, and a reference has steps; train with --evaluation-interval.");
            }
        }

        (string task, IReadOnlyList<ReferencePoint> reference) = ReferenceFile.Read(file, first.Environment.Name, first.Algorithm);
        Dictionary<long, double>[] seeds = [.. saved.Select(run => Rounds(run.Options, EvaluationLog.Read(run.Folder.Evaluations)))];
        ReferenceCell[] cells = [.. seeds[0].Keys.Where(step => seeds.All(seed => seed.ContainsKey(step))).Order()
            .Select(step => new ReferenceCell(
                PointOf(step, [.. seeds.Select(seed => seed[step])]), reference.FirstOrDefault(point => point.Step == step)))];
        return cells.Length == 0
            ? throw new InputException("No round of evaluation is whole in all of the runs yet; let them train on.")
            : new ReferenceComparison { Task = first.Environment.Name, ReferenceTask = task, Algorithm = first.Algorithm, Cells = cells };
    }

    /// <summary>The curves of a picture, against transitions: ours, then the reference's as far.</summary>
    public IReadOnlyList<LearningCurve> Curves()
    {
        ReferencePoint[] reference = [.. Cells.Select(cell => cell.Reference).OfType<ReferencePoint>()];
        LearningCurve ours = Curve($"{Task}, {Cells[0].Ours.Seeds} seeds", [.. Cells.Select(cell => cell.Ours)]);
        return reference.Length == 0 ? [ours] : [ours, Curve($"reference {ReferenceTask}, {reference[0].Seeds} seeds", reference)];
    }

    /// <summary>The table.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Algorithm} on {Task} beside {ReferenceTask}\n");
        text.Append("       step  seeds       mean  deviation  reference  deviation      limit  verdict\n");
        foreach (ReferenceCell cell in Cells)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{cell.Ours.Step,11:N0}  {cell.Ours.Seeds,5}  {cell.Ours.Mean,9:F1}  {cell.Ours.Deviation,9:F1}  ");
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Cell(cell.Reference?.Mean),9}  {Cell(cell.Reference?.Deviation),9}  {Cell(cell.Limit),9}  {Verdict(cell)}\n");
        }

        return text.ToString();
    }

    /// <summary>Sample deviation over the seeds, which one seed has none of.</summary>
    internal static ReferencePoint PointOf(long step, double[] scores)
    {
        double mean = scores.Average();
        double deviation = scores.Length < 2 ? 0 : Math.Sqrt(scores.Sum(score => (score - mean) * (score - mean)) / (scores.Length - 1));
        return new ReferencePoint(step, mean, deviation, scores.Length);
    }

    // The mean of each whole round, by its step.
    private static Dictionary<long, double> Rounds(RunOptions options, IReadOnlyList<EvaluationRecord> episodes)
    {
        EvaluationRounds rounds = EvaluationRounds.Of(options)!;
        return episodes.GroupBy(episode => rounds.StepOf(episode.Episode)).Where(round => round.Count() == options.EvaluationEpisodes)
            .ToDictionary(round => round.Key, round => round.Average(episode => episode.Score));
    }

    // The thin line goes along the upper edge and back along the lower one.
    private static LearningCurve Curve(string name, ReferencePoint[] points) => new(
        name,
        [
            .. points.Select(point => new ChartPoint(point.Step, point.Mean + point.Deviation)),
            .. points.Reverse().Select(point => new ChartPoint(point.Step, point.Mean - point.Deviation)),
        ],
        [.. points.Select(point => new ChartPoint(point.Step, point.Mean))],
        Threshold: null,
        FirstAtThreshold: null);

    private static string Cell(double? number) => number?.ToString("F1", CultureInfo.InvariantCulture) ?? "-";

    private static string Verdict(ReferenceCell cell) => cell.Agrees switch
    {
        null => "no reference",
        true => "agrees",
        false => cell.Ours.Mean > cell.Reference!.Mean ? "above" : "below",
    };
}
