using Reacher.Fast.Core.Learner;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Runner.Tests.Documentation;

/// <summary>
/// docs/from-stable-baselines3.md: its commands are run in their order, made short by flags behind the page's own; its table is held against
/// the configuration files that it is about and the defaults of this program.
/// </summary>
[NonParallelizable]
public sealed class FromStableBaselinesTests
{
    private static readonly ExamplePage Page = new("docs/from-stable-baselines3.md");
    private static readonly string[][] Options = Page.Table("Stable-Baselines3", "here", "SAC there", "SAC here", "TD3 there", "TD3 here");

    [Test]
    public void Its_commands_run()
    {
        using var folder = new TemporaryFolder();
        string[][] commands = [.. Page.Commands()];
        Assert.That(commands.Select(command => command[0]), Is.EquivalentTo(new[] { "train", "train", "train", "train", "eval", "export" }));
        foreach (string[] command in commands)
        {
            // The networks are those of the page; a run is short by its transitions. The pendulum's own begins to learn after 2,000.
            string[] more = command switch
            {
                ["train", .. string[] words] when words.Contains("--resume") => ["--max-steps", "2400", "--no-final-evaluation"],
                ["train", string file, ..] when file.StartsWith("configs/", StringComparison.Ordinal) =>
                    ["--max-steps", "300", "--no-final-evaluation"],
                ["train", ..] => ["--max-steps", "2200", "--no-final-evaluation"],
                _ => [],
            };
            using RunnerProcess run = RunnerProcess.StartIn(folder.Path, [.. command.Select(Placed), .. more]);
            Assert.That(run.WaitForExit(), Is.Zero, $"{string.Join(' ', command)}: {run.Errors}");
            Assert.That(run.Errors, Does.Not.Contain("not used"), string.Join(' ', command));
        }

        Assert.That(File.Exists(folder["pendulum.onnx"]), Is.True);
    }

    [TestCase("sac", 2, 3)]
    [TestCase("td3", 4, 5)]
    public void Its_table_is_the_file_and_the_defaults(string algorithm, int there, int here)
    {
        string file = Placed($"configs/stable-baselines3/{algorithm}.yaml");
        LoadedConfiguration loaded = ConfigurationLoader.Load(file, []);
        RunOptions own = BuiltInTask.Default.Begin(loaded.Options.Trainer);
        Assert.That((loaded.Options.Algorithm, loaded.Warnings.Count), Is.EqualTo((algorithm, 0)));

        var rows = Options.Where(row => row[there] != "-").ToDictionary(row => MigrationPages.Key(ExamplePage.Code(row[1]).Single()));
        Assert.That(
            MigrationPages.Leaves(file).Where(path => path != OptionKeys.Trainer.Path), Is.EquivalentTo(rows.Keys.Select(key => key.Path)));
        foreach ((OptionKey key, string[] row) in rows)
        {
            Assert.That((key.Format(loaded.Options), key.Format(own)), Is.EqualTo((row[there], row[here])), key.Path);
        }

        foreach (string[] row in Options.Where(row => row[there] == "-"))
        {
            Assert.That(MigrationPages.Key(ExamplePage.Code(row[1]).Single()).Only, Is.Not.Null.And.Not.EqualTo(loaded.Options.Trainer), row[1]);
        }
    }

    [Test]
    public void Its_block_keeps_the_coefficient()
    {
        RunOptions options = ConfigurationLoader.Parse(Page.Blocks("yaml").Single(), "the page", []).Options;
        Assert.That(options.Learner, Is.EqualTo((SacOptions)options.Learner with { InitialAlpha = 0.2, AlphaLearningRate = 0 }));
        Assert.That(options.Learner, Is.InstanceOf<SacOptions>());
    }

    [Test]
    public void Its_code_is_the_example_that_compiles()
    {
        string example = Path.Combine(Repository.Root, "tests/Reacher.Fast.Runner.Tests/Documentation/StableBaselinesExample.cs");
        string shown = Page.Blocks("csharp").Single().TrimEnd();
        string indented = string.Join('\n', shown.Split('\n').Select(line => new string(' ', 8) + line));
        Assert.That(File.ReadAllText(example).ReplaceLineEndings("\n"), Does.Contain("    {\n" + indented + "\n        return result;"));
    }

    [Test]
    public void Its_flags_are_there() => MigrationPages.AssertFlags(Page.Table("there", "here").Select(row => row[1]));

    private static string Placed(string word) =>
        word.StartsWith("configs/", StringComparison.Ordinal) ? Path.Combine(Repository.Root, word) : word;
}
