using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Reacher.Fast.Core;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Html;
using Reacher.Fast.Training.Reporting.References;

namespace Reacher.Fast.Commands;

/// <summary><c>compare RUN...</c>: several runs as a table, one row for each, and their learning curves as a picture.</summary>
internal static class CompareCommand
{
    private const string Time = "time";
    private const string Transitions = "transitions";

    public static Command Create()
    {
        var runs = new Argument<string[]>("run") { Description = "Run ids or folders of runs.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = "An SVG file to draw the learning curves into." };
        var axis = new Option<string>("--x")
        {
            Description = "What the curves are drawn against: time or transitions.",
            DefaultValueFactory = _ => Time,
        };
        var reference = new Option<string?>("--reference")
        {
            Description = "A CSV file of published curves (env, algo, env_step, mean_of_N_seeds, sd_over_seeds) to set the runs, one a seed, beside.",
        };
        Option<string> results = CommonOptions.ResultsFolder();
        var json = CommonOptions.Json();
        var command = new Command("compare", "Show when several runs reached their threshold, and draw their learning curves in one picture.")
        {
            runs, output, axis, reference, results, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(reference) is not null && result.GetResult(axis) is { Implicit: false })
            {
                result.AddError("--reference has its curves against transitions; leave --x out.");
            }
        });
        command.SetAction(result => result.GetValue(reference) is string file
            ? RunBeside(file, result.GetValue(runs)!, result.GetValue(results)!, result.GetValue(output), result.GetValue(json))
            : Run(
            result.GetValue(runs)!,
            result.GetValue(results)!,
            result.GetValue(output),
            AxisOf(result.GetValue(axis)!),
            result.GetValue(json)));
        return command;
    }

    private static int Run(string[] names, string results, string? output, CurveAxis axis, bool json)
    {
        RequireSvg(output);
        ComparedRun[] runs = Load(names, results);
        if (output is not null)
        {
            CurvePicture.Write([.. runs.Select(run => run.Curve(axis))], axis, output);
        }

        Console.Write(json ? JsonSerializer.Serialize(new { Runs = runs, Picture = output }, JsonStyle.Printed) + "\n" : ToText(runs));
        if (output is not null && !json)
        {
            Console.WriteLine(output);
        }

        return ExitCodes.Done;
    }

    private static int RunBeside(string reference, string[] names, string results, string? output, bool json)
    {
        RequireSvg(output);
        var comparison = ReferenceComparison.Load(names, results, reference);
        if (output is not null)
        {
            CurvePicture.Write(comparison.Curves(), CurveAxis.Transitions, output, ReferenceComparison.PictureNote);
        }

        Console.Write(json
            ? JsonSerializer.Serialize(new { Comparison = comparison, Picture = output }, JsonStyle.Printed) + "\n"
            : comparison.ToText());
        if (output is not null && !json)
        {
            Console.WriteLine(output);
        }

        return ExitCodes.Done;
    }

    private static void RequireSvg(string? output)
    {
        if (output is not null && !output.EndsWith(".svg", StringComparison.OrdinalIgnoreCase))
        {
            throw new InputException($"The picture is an SVG file, so its name must end in .svg, and '{output}' does not.");
        }
    }

    private static ComparedRun[] Load(string[] names, string results)
    {
        ComparedRun[] runs = [.. names.Select(name => ComparedRun.Load(name, results))];
        HashSet<string> ambiguous = [.. runs.CountBy(run => run.Run).Where(one => one.Value > 1).Select(one => one.Key)];
        return [.. runs.Zip(names, (run, name) => ambiguous.Contains(run.Run) ? run with { Run = name } : run)];
    }

    private static CurveAxis AxisOf(string name) => name switch
    {
        Time => CurveAxis.Time,
        Transitions => CurveAxis.Transitions,
        _ => throw new InputException($"--x is '{name}', and must be {Time} or {Transitions}."),
    };

    private static string ToText(ComparedRun[] runs)
    {
        int width = Math.Max("run".Length, runs.Max(run => run.Run.Length));
        string[] milestone = ["seconds", "episodes", "transitions"];
        var text = new StringBuilder();
        string indent = new(' ', width + 34);
        text.Append(CultureInfo.InvariantCulture, $"{indent}{"first at threshold",-30}    solved\n");
        Row("run", "algorithm", "seed", "threshold", milestone, milestone, "final score");
        foreach (ComparedRun run in runs)
        {
            Row(
                run.Run,
                run.Algorithm,
                run.Seed.ToString(CultureInfo.InvariantCulture),
                run.Threshold?.ToString(CultureInfo.InvariantCulture) ?? "-",
                Cells(run.FirstAtThreshold),
                Cells(run.Solved),
                run.FinalScore?.ToString("F2", CultureInfo.InvariantCulture) ?? "-");
        }

        return text.ToString();

        void Row(string run, string algorithm, string seed, string threshold, string[] first, string[] solved, string final) => text.Append(
            CultureInfo.InvariantCulture,
            $"  {run.PadRight(width)}  {algorithm,-9}  {seed,4}  {threshold,9}    {Join(first)}    {Join(solved)}    {final}\n");

        static string Join(string[] cells) => string.Create(CultureInfo.InvariantCulture, $"{cells[0],7}  {cells[1],8}  {cells[2],11}");
    }

    private static string[] Cells(Milestone? milestone) => milestone is null
        ? ["-", "-", "-"]
        :
        [
            milestone.Seconds.ToString("F1", CultureInfo.InvariantCulture),
            milestone.Episodes.ToString("N0", CultureInfo.InvariantCulture),
            milestone.Transitions.ToString("N0", CultureInfo.InvariantCulture),
        ];
}
