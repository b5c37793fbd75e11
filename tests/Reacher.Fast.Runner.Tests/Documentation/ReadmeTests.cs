using System.Text.RegularExpressions;

namespace Reacher.Fast.Runner.Tests.Documentation;

/// <summary>
/// Every command that the README shows is run as it stands there, in a folder with a small run <c>a</c> in it; training is made short by flags
/// behind the README's own. A line that this test does not know how to run fails it. The README's C# is <see cref="ReadmeExample"/>.
/// </summary>
[NonParallelizable]
public sealed partial class ReadmeTests
{
    private static readonly string[] Short = ["--max-steps", "2000", "--hidden-units", "16", "--batch-size", "16", "--window", "1",
        "--steps-per-update", "20", "--buffer-size", "50000", "--buffer-init-steps", "1000", "--save-replay-buffer"];

    private string folder = "";

    [OneTimeSetUp]
    public void MakeARun()
    {
        folder = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;
        PlayerScript.OfArms(Path.Combine(folder, "Scene.x86_64"));
        using RunnerProcess run = RunnerProcess.StartIn(folder, ["train", "--run-id", "a", .. Short, .. RunnerProcess.FewArms]);
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        MakeComparable();
    }

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void The_code_is_the_example_that_compiles()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ReplaceLineEndings("\n");
        string example = Path.Combine(Repository.Root, "tests/Reacher.Fast.Runner.Tests/Documentation/ReadmeExample.cs");
        string source = File.ReadAllText(example).ReplaceLineEndings("\n");
        string shown = Code().Match(readme).Groups[1].Value;
        string indented = string.Join('\n', shown.Split('\n').Select(line => line.Length == 0 ? line : new string(' ', 8) + line));
        Assert.That(shown, Is.Not.Empty);
        Assert.That(source, Does.Contain("    {\n" + indented + "\n        return score;"));
    }

    [Test]
    public void The_code_plays_the_run_s_policy() =>
        Assert.That(ReadmeExample.Play(Path.Combine(folder, "results/a/Reacher/checkpoint.safetensors")), Is.InRange(0f, 40.04f));

    [TestCaseSource(nameof(Commands))]
    public void The_command_runs(string command)
    {
        string[] words = Words().Matches(command).Select(word => word.Value).ToArray();
        switch (words)
        {
            case ["dotnet", "run", "-c", "Release", "--project", string project, "--", .. string[] arguments]:
                Assert.That(Directory.Exists(Path.Combine(Repository.Root, project)), Is.True, project);
                Run(arguments);
                break;
            case ["dotnet", "test", ..]:
                // That is what runs this; CI runs the same line.
                Assert.That(File.ReadAllText(Path.Combine(Repository.Root, ".ci/run")), Does.Contain(command));
                break;
            case ["dotnet", "tool", "restore", "&&", "dotnet", "cake"]:
                // CI restores the tools; the targets have tests of their own and a run of all of them would include this one.
                Assert.That(File.ReadAllText(Path.Combine(Repository.Root, ".config/dotnet-tools.json")), Does.Contain("cake.tool"));
                Assert.That(File.Exists(Path.Combine(Repository.Root, "build.cake")), Is.True);
                break;
            case ["reacher-fast", .. string[] arguments]:
                Run(arguments);
                break;
            case ["for", "seed", "in", ..]:
                // Once through the loop, with a seed of its own.
                string once = Body().Match(command).Groups[1].Value.Replace("$seed", "6", StringComparison.Ordinal);
                Run(Words().Matches(once).Select(word => word.Value).ToArray());
                break;
            default:
                Assert.Fail($"The README shows '{command}', which no test runs.");
                break;
        }
    }

    private static bool IsOfAScene(string[] arguments) => arguments.Any(word => word.StartsWith("./Scene", StringComparison.Ordinal));

    private void Run(string[] arguments)
    {
        bool trains = arguments[0] == "train" && !arguments.Contains("--help");
        // The run that goes on has ended: give it more to do.
        string[] more = trains
            ? [.. Short, .. IsOfAScene(arguments) ? [] : RunnerProcess.FewArms,
                .. arguments.Contains("--resume") ? new[] { "--max-steps", "4000" } : []]
            : arguments[0] == "profile" ? ["--seconds", "1"] : [];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "FILE")
            {
                arguments[i] = Recording() ?? Ignored("The recording by Unity is not beside the repository, and it is not ours to keep in it.");
            }
        }

        // A shell names the runs that are there.
        IEnumerable<string> expanded = arguments.SelectMany(word => word.Contains('*', StringComparison.Ordinal)
            ? new[] { word.Replace('*', '1'), word.Replace('*', '2') }
            : [word]);
        using RunnerProcess run = RunnerProcess.StartIn(folder, [.. expanded, .. more]);
        if (arguments[0] == "player")
        {
            // It waits for a trainer, as a player does, until it is told to end.
            RunnerProcess.WaitUntil(() => run.Errors.Length > 0 || run.Process.HasExited, "the player says that it waits");
            run.Signal("INT");
        }

        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
    }

    // The runs that 'compare' is shown with: an evaluation in each is what it needs.
    private void MakeComparable()
    {
        const string Evaluation =
            """{"kind":"evaluation","seconds":1,"transitions":20,"episode":1,"score":31,"window_mean":31,"window_count":1}""" + "\n";
        string a = Path.Combine(folder, "results", "a");
        File.AppendAllText(Path.Combine(a, "metrics.jsonl"), Evaluation);
        foreach (string id in new[] { "b", "400-arms-1", "400-arms-2", "20-arms-1", "20-arms-2" })
        {
            string other = Directory.CreateDirectory(Path.Combine(folder, "results", id)).FullName;
            File.Copy(Path.Combine(a, "configuration.yaml"), Path.Combine(other, "configuration.yaml"));
            File.WriteAllText(Path.Combine(other, "metrics.jsonl"), Evaluation);
        }

        Directory.CreateDirectory(Path.Combine(folder, "docs", "images"));
    }

    private static IEnumerable<TestCaseData> Commands() =>
        from line in File.ReadLines(Path.Combine(Repository.Root, "README.md"))
        where line.StartsWith("    reacher-fast ", StringComparison.Ordinal) || line.StartsWith("    dotnet ", StringComparison.Ordinal)
            || line.StartsWith("    for ", StringComparison.Ordinal)
        let command = Remark().Replace(line.Trim(), "")
        select new TestCaseData(command).SetArgDisplayNames(command);

    private static string? Recording()
    {
        for (DirectoryInfo? at = new(Repository.Root); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "shared", "reacher", "ExpertReacher-2019-09.demo");
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    private static string Ignored(string reason)
    {
        Assert.Ignore(reason);
        return reason;
    }

    [GeneratedRegex(@" {2,}.*$")]
    private static partial Regex Remark();

    [GeneratedRegex(@"; do reacher-fast (.*); done$")]
    private static partial Regex Body();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\S+")]
    private static partial Regex Words();
}
