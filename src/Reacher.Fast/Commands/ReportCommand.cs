using System.CommandLine;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting.Html;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Commands;

/// <summary><c>report RUN</c>: one page about a run.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "A run id or a run's folder." };
        var output = new Option<string?>("--output", "-o") { Description = "The page; without it, report.html in the run's folder." };
        Option<string> results = CommonOptions.ResultsFolder();
        var command = new Command("report", "Draw a run as one page that needs no network: learning curve, losses, rates, configuration.")
        {
            run, output, results,
        };
        command.SetAction(result =>
        {
            (RunFolder folder, RunOptions options) = SavedRun.Find(result.GetValue(run)!, result.GetValue(results)!);
            Console.WriteLine(HtmlReport.Write(folder, options, result.GetValue(output)));
            return ExitCodes.Done;
        });
        return command;
    }
}
