using System.Xml.Linq;

/// <summary>
/// Runs the test projects one after another, so that two do not fight over two cores, all of them even if one fails. What was ignored is
/// reported with the reason that the test itself gave.
/// </summary>
/// <param name="change">Changes the settings of each project's run; null leaves them.</param>
void RunTests(BuildReport report, string target, string project, string filter, Action<DotNetTestSettings> change = null)
{
    DirectoryPath results = Artifacts($"tests/{target.ToLowerInvariant()}");
    CleanDirectory(results);
    FilePath[] projects = GetFiles("./tests/**/*.Tests.csproj").Where(file => file.GetFilename().FullPath.Contains(project))
        .OrderBy(file => file.FullPath).ToArray();
    if (projects.Length == 0)
    {
        throw new CakeException($"No test project's name contains '{project}'; leave out --project to run all.");
    }

    var failed = new List<string>();
    foreach (FilePath file in projects)
    {
        string name = file.GetFilenameWithoutExtension().FullPath;
        var settings = new DotNetTestSettings
        {
            Configuration = configuration,
            NoBuild = true,
            Filter = filter.Length > 0 ? filter : null,
            Loggers = [$"trx;LogFileName={name}.trx"],
            ResultsDirectory = results,
            HandleExitCode = code =>
            {
                if (code != 0)
                {
                    failed.Add(name);
                }

                return true;
            },
        };
        change?.Invoke(settings);
        DotNetTest(file.FullPath, settings);
    }

    TestTotals totals = TestTotals.Read(GetFiles($"{results}/*.trx").Select(file => file.FullPath));
    report.Did(target, totals.Counts);
    foreach (string reason in totals.Reasons)
    {
        report.Skipped($"{target}, {reason.Split('\t')[0]}", reason.Split('\t')[1]);
    }

    if (failed.Count > 0)
    {
        throw new CakeException($"Tests failed in {string.Join(", ", failed)}; the output above says which.");
    }

    if (totals.Passed == 0)
    {
        throw new CakeException($"No test ran for {target}; check --project and --filter.");
    }
}

/// <summary>
/// Runs the tests with coverlet counting the lines of src/ that ran, in the tests' own processes and in those that they start and let end, and
/// merges what the projects counted into pages, also where tests fail. Nothing judges the figure.
/// </summary>
void MeasureCoverage(BuildReport report)
{
    try
    {
        RunTests(report, "Coverage", Argument("project", ""), Argument("filter", ""), settings =>
        {
            settings.Settings = "./build/coverage.runsettings";
            settings.Collectors = ["XPlat Code Coverage"];
        });
    }
    finally
    {
        MergeCoverage(report);
    }
}

void MergeCoverage(BuildReport report)
{
    DirectoryPath pages = Artifacts("coverage");
    CleanDirectory(pages);
    Run("dotnet", $"reportgenerator \"-reports:{Artifacts("tests/coverage")}/*/coverage.cobertura.xml\" \"-targetdir:{pages}\" " +
        "-reporttypes:Html;TextSummary -verbosity:Warning");
    foreach (string line in System.IO.File.ReadLines($"{pages}/Summary.txt").Select(line => line.Trim())
        .Where(line => line.StartsWith("Line coverage") || line.StartsWith("Branch coverage")))
    {
        report.Did("Coverage", line);
    }

    report.Did("Coverage", "artifacts/coverage/index.html");
}

/// <summary>What the result files of dotnet test (TRX) come to.</summary>
public sealed record TestTotals(int Passed, int Failed, int Skipped, IReadOnlyList<string> Reasons)
{
    public string Counts => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    public static TestTotals Read(IEnumerable<string> files)
    {
        XElement[] results = files
            .SelectMany(file => XDocument.Load(file).Descendants().Where(element => element.Name.LocalName == "UnitTestResult")).ToArray();
        XElement[] ignored = results.Where(result => (string)result.Attribute("outcome") == "NotExecuted").ToArray();
        // Many tests are ignored for one reason (no GPU, no second instruction set): one line each.
        string[] reasons = ignored
            .GroupBy(result => result
                .Descendants().FirstOrDefault(element => element.Name.LocalName == "Message")?.Value.Split('\n')[0].Trim() ?? "no reason given")
            .Select(group => $"{(group.Count() == 1 ? (string)group.First().Attribute("testName") : $"{group.Count()} tests")}\t{group.Key}")
            .ToArray();
        return new TestTotals(Count("Passed"), Count("Failed"), ignored.Length, reasons);

        int Count(string outcome) => results.Count(result => (string)result.Attribute("outcome") == outcome);
    }
}
