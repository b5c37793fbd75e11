using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Run;

public sealed class RunDirectoryTests
{
    [Test]
    public void A_new_run_gets_the_layout()
    {
        using var folder = new TemporaryFolder();
        using RunDirectory run = RunDirectory.Open(Configure(folder, "first"));

        Assert.That(run.Id, Is.EqualTo("first"));
        Assert.That(run.ConfigurationFile, Is.EqualTo(folder["first/configuration.yaml"]));
        Assert.That(Directory.Exists(folder["first/run_logs"]), Is.True);
        Assert.That(Directory.Exists(folder["first/Reacher"]), Is.True);
    }

    [Test]
    public void An_existing_run_needs_resume_or_force_and_is_untouched_without()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");

        Assert.That(
            () => RunDirectory.Open(Configure(folder, "first")),
            Throws.TypeOf<InputException>().With.Message.Contains("--resume").And.Message.Contains("--force"));
        Assert.That(File.Exists(folder["first/Reacher/weights"]), Is.True);
    }

    [Test]
    public void Resume_keeps_and_force_deletes()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");
        RunDirectory.Open(Configure(folder, "first").With(RunKeys.Resume, true)).Dispose();
        Assert.That(File.Exists(folder["first/Reacher/weights"]), Is.True);

        RunDirectory.Open(Configure(folder, "first").With(RunKeys.Force, true)).Dispose();
        Assert.That(File.Exists(folder["first/Reacher/weights"]), Is.False);
    }

    [Test]
    public void Resume_of_a_missing_run_creates_nothing()
    {
        using var folder = new TemporaryFolder();
        Assert.That(
            () => RunDirectory.Open(Configure(folder, "first").With(RunKeys.Resume, true)),
            Throws.TypeOf<InputException>().With.Message.Contains("leave out --resume"));
        Assert.That(folder.FileNames(), Is.Empty);
    }

    [Test]
    public void Force_leaves_a_folder_alone_that_is_no_run()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["photos"]);
        File.WriteAllText(folder["photos/cat.png"], "cat");

        Assert.That(
            () => RunDirectory.Open(Configure(folder, "photos").With(RunKeys.Force, true)),
            Throws.TypeOf<InputException>().With.Message.Contains("does not look like a run"));
        Assert.That(File.Exists(folder["photos/cat.png"]), Is.True);
    }

    [Test]
    public void Force_removes_links_without_following_them()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");
        Directory.CreateDirectory(folder["elsewhere"]);
        File.WriteAllText(folder["elsewhere/precious"], "x");
        Directory.CreateSymbolicLink(folder["first/link"], folder["elsewhere"]);

        RunDirectory.Open(Configure(folder, "first").With(RunKeys.Force, true)).Dispose();

        Assert.That(File.Exists(folder["elsewhere/precious"]), Is.True);
        Assert.That(Directory.Exists(folder["first/link"]), Is.False);
    }

    [Test]
    public void A_run_that_is_running_cannot_be_resumed_or_replaced()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");
        using RunDirectory running = RunDirectory.Open(Configure(folder, "first").With(RunKeys.Resume, true));

        Assert.That(
            () => RunDirectory.Open(Configure(folder, "first").With(RunKeys.Force, true)),
            Throws.TypeOf<InputException>().With.Message.StartsWith("Another process runs 'first'"));
        Assert.That(File.Exists(folder["first/Reacher/weights"]), Is.True);
    }

    [Test]
    public void A_results_folder_that_cannot_be_made_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["results"], "a file");
        Assert.That(
            () => RunDirectory.Open(RunConfiguration.Default().With(RunKeys.ResultsDir, folder["results"]).With(RunKeys.RunId, "a")),
            Throws.TypeOf<InputException>().With.Message.Contains("cannot be written"));
    }

    [Test]
    public void A_run_is_found_by_id_and_by_folder()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");
        Assert.That(RunDirectory.Find("first", folder.Path, out RunConfiguration configuration).Folder, Is.EqualTo(folder["first"]));
        Assert.That(configuration.Get(RunKeys.RunId), Is.EqualTo("first"));
        Assert.That(RunDirectory.Find(folder["first"] + "/", "results", out _).Id, Is.EqualTo("first"));
        Assert.That(() => RunDirectory.Find("second", folder.Path, out _), Throws.TypeOf<InputException>()
            .With.Message.StartsWith("There is no run 'second'"));
    }

    [TestCase("good-run_1.2")]
    [TestCase("_")]
    public void A_good_name_has_no_problem(string name) => Assert.That(RunId.Problem(name), Is.Null);

    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("a/b")]
    [TestCase("a\\b")]
    [TestCase("-rf")]
    [TestCase("a b")]
    [TestCase("a\0b")]
    [TestCase("ä")]
    [TestCase("C:")]
    public void A_name_that_is_no_folder_has_one(string name) => Assert.That(RunId.Problem(name), Is.Not.Null);

    private static RunConfiguration Configure(TemporaryFolder folder, string id) =>
        RunConfiguration.Default().With(RunKeys.ResultsDir, folder.Path).With(RunKeys.RunId, id);

    private static void MakeRun(TemporaryFolder folder, string id)
    {
        RunConfiguration configuration = Configure(folder, id);
        using RunDirectory run = RunDirectory.Open(configuration);
        ConfigurationWriter.Save(configuration, run.ConfigurationFile);
        File.WriteAllText(Path.Combine(run.BehaviorFolder, "weights"), "x");
    }
}
