using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Options;
using Reacher.Fast.Runner.Tests.Processes;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Runner.Tests.Documentation;

/// <summary>
/// docs/from-ml-agents.md: its commands are run in their order, with its own block as <c>config.yaml</c>, made short by flags behind the page's
/// own; its tables are held against the keys of this program.
/// </summary>
[NonParallelizable]
public sealed class FromMlAgentsTests
{
    private static readonly ExamplePage Page = new("docs/from-ml-agents.md");
    private static readonly string[][] Shared = Page.Table("key", "default there", "default here");
    private static readonly string[][] Unused = Page.Table("key", "instead");

    [Test]
    [Platform("Linux", Reason = "starts players by a shell script")]
    public void Its_commands_run()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["Builds"]);
        PlayerScript.OfArms(folder["Builds/Scene"], "--num-arms", "4", "--max-step", "200");
        File.WriteAllText(folder["config.yaml"], Page.Blocks("yaml")[0]);
        string[][] commands = [.. Page.Commands()];
        Assert.That(commands.Select(command => command[0]), Is.EqualTo(new[] { "train", "train", "eval", "export" }));
        foreach (string[] command in commands)
        {
            string[] port = ["--base-port", FreePort.Find().ToString(CultureInfo.InvariantCulture)];
            string[] more = command[0] switch
            {
                "train" => [.. port, "--max-steps", "1500", "--buffer-size", "10000", "--no-final-evaluation"],
                "eval" => port,
                _ => [],
            };
            using RunnerProcess run = RunnerProcess.StartIn(folder.Path, [.. command, .. more]);
            Assert.That(run.WaitForExit(), Is.Zero, $"{string.Join(' ', command)}: {run.Errors}");
            Assert.That(run.Errors, Does.Not.Contain("not used"), string.Join(' ', command));
        }

        Assert.That(File.Exists(folder["Scene.onnx"]), Is.True);
        Assert.That(File.Exists(folder["results/first/Reacher.onnx"]), Is.True);
    }

    [Test]
    public void Its_blocks_are_taken_without_a_warning()
    {
        Assert.That(Page.Blocks("yaml"), Has.Length.EqualTo(2));
        foreach (string block in Page.Blocks("yaml"))
        {
            const string Scene = "env_settings:\n  env_path: Builds/Scene\n";
            LoadedConfiguration loaded = ConfigurationLoader.Parse(block + Scene, "the page", []).OfScene("Reacher");
            Assert.That(loaded.Warnings, Is.Empty);
            Assert.That((loaded.Options.TransitionLimit, loaded.Options.Threshold), Is.EqualTo((2_000_000L, (double?)null)));
            string ppo = block.Replace("trainer_type: sac", "trainer_type: ppo", StringComparison.Ordinal);
            Assert.That(() => ConfigurationLoader.Parse(ppo, "the page", []), Throws.TypeOf<InputException>());
        }
    }

    [Test]
    public void Its_defaults_are_ours_and_those_there_are_taken()
    {
        RunOptions own = BuiltInTask.Default.Begin(TrainerType.Sac);
        foreach (string[] row in Shared)
        {
            OptionKey key = MigrationPages.Key(ExamplePage.Code(row[0]).Single());
            Assert.That(key.Format(own), Is.EqualTo(row[2]), key.Path);
            if (key != OptionKeys.Trainer)
            {
                Assert.That(ConfigurationLoader.Parse(Nested(key.Path, row[1]), "the page", []).Warnings, Is.Empty, key.Path);
            }
        }
    }

    [Test]
    public void Its_unused_keys_are_all_of_them_with_their_sentences()
    {
        string[] sections = [.. OptionSection.InOrder, OptionSection.Behavior + ".reward_signals"];
        string[] all = [.. sections.SelectMany(
            section => MlAgentsKeys.NamesIn(section).Select(name => section.Length == 0 ? name : $"{section}.{name}"))];
        Assert.That(Unused.Select(row => ExamplePage.Code(row[0]).Single()), Is.EquivalentTo(all));
        foreach (string[] row in Unused)
        {
            Assert.That(MlAgentsKeys.TryFind(ExamplePage.Code(row[0]).Single(), new YamlScalar(0, "something"), out string? instead), Is.True);
            Assert.That(instead, Is.Null.Or.EqualTo(row[1]), row[0]);
        }
    }

    [Test]
    public void Each_key_of_its_own_files_is_in_a_table()
    {
        string[] known = [.. Shared.Concat(Unused).Select(row => ExamplePage.Code(row[0]).Single())];
        string[] files = [.. Repository.Files("tests/Reacher.Fast.Runner.Tests/Commands/MlAgentsFiles", "*.yaml")];
        Assert.That(files, Has.Length.EqualTo(5));
        Assert.That(files.SelectMany(file => MigrationPages.Leaves(Path.Combine(Repository.Root, file))).Distinct(), Is.SubsetOf(known));
    }

    [Test]
    public void Its_curves_are_those_that_a_run_is_held_to() => Assert.That(Page.List("The same curves"), Is.EqualTo(MlAgentsTags.OfSac));

    [Test]
    public void Its_flags_are_there() => MigrationPages.AssertFlags(Page.Table("there", "here").Select(row => row[1]));

    private static string Nested(string path, string value)
    {
        string[] names = path.Replace("*", "Reacher", StringComparison.Ordinal).Split('.');
        return string.Concat(names.Select((name, depth) => $"{new string(' ', 2 * depth)}{name}:{(depth == names.Length - 1 ? " " + value : "")}\n"));
    }
}
