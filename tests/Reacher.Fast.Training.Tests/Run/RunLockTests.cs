using Reacher.Fast.Core;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Run;

public sealed class RunLockTests
{
    [Test]
    public void A_new_run_gets_the_layout()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = Folder(folder, "first");
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);

        Assert.That(run.Id, Is.EqualTo("first"));
        Assert.That(run.Configuration, Is.EqualTo(folder["first/configuration.yaml"]));
        Assert.That(Directory.Exists(folder["first/run_logs"]), Is.True);
        Assert.That(Directory.Exists(folder["first/Reacher"]), Is.True);
    }

    [Test]
    public void An_existing_run_needs_resume_or_force_and_is_untouched_without()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");

        Assert.That(
            () => RunLock.Claim(Folder(folder, "first"), resume: false, force: false),
            Throws.TypeOf<InputException>().With.Message.Contains("--resume").And.Message.Not.Contains("--force"));
        Assert.That(File.Exists(folder["first/Reacher/weights"]), Is.True);
    }

    [Test]
    public void Resume_keeps_and_force_deletes()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");
        RunLock.Claim(Folder(folder, "first"), resume: true, force: false).Dispose();
        Assert.That(File.Exists(folder["first/Reacher/weights"]), Is.True);

        RunLock.Claim(Folder(folder, "first"), resume: false, force: true).Dispose();
        Assert.That(File.Exists(folder["first/Reacher/weights"]), Is.False);
    }

    [Test]
    public void Resume_of_a_missing_run_creates_nothing()
    {
        using var folder = new TemporaryFolder();
        Assert.That(
            () => RunLock.Claim(Folder(folder, "first"), resume: true, force: false),
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
            () => RunLock.Claim(Folder(folder, "photos"), resume: false, force: true),
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

        RunLock.Claim(Folder(folder, "first"), resume: false, force: true).Dispose();

        Assert.That(File.Exists(folder["elsewhere/precious"]), Is.True);
        Assert.That(Directory.Exists(folder["first/link"]), Is.False);
    }

    [TestCase("first/metrics.jsonl")]
    [TestCase("first/run_logs")]
    [TestCase("first/Reacher/checkpoint.safetensors")]
    [TestCase("first/run.lock")]
    public void A_run_with_a_planted_link_is_not_resumed(string planted)
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");
        Directory.CreateDirectory(Path.GetDirectoryName(folder[planted])!);
        if (Directory.Exists(folder[planted]))
        {
            Directory.Delete(folder[planted], recursive: true);
        }

        File.Delete(folder[planted]);
        File.CreateSymbolicLink(folder[planted], folder["precious"]);
        Assert.That(
            () => RunLock.Claim(Folder(folder, "first"), resume: true, force: false),
            Throws.TypeOf<InputException>().With.Message.Contains($"is a link to '{folder["precious"]}'"));
        Assert.That(File.Exists(folder["precious"]), Is.False, "nothing is written through the link");
    }

    [Test]
    public void Force_does_not_empty_what_a_linked_run_folder_points_to_and_resume_goes_on_there()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");
        Directory.CreateSymbolicLink(folder["linked"], folder["first"]);
        Assert.That(
            () => RunLock.Claim(Folder(folder, "linked"), resume: false, force: true),
            Throws.TypeOf<InputException>().With.Message.Contains("--force leaves it alone"));
        Assert.That(File.Exists(folder["first/Reacher/weights"]), Is.True);
        RunLock.Claim(Folder(folder, "linked"), resume: true, force: false).Dispose();
    }

    [Test]
    public void A_run_that_is_running_cannot_be_resumed_or_replaced()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");
        using RunLock running = RunLock.Claim(Folder(folder, "first"), resume: true, force: false);

        Assert.That(
            () => RunLock.Claim(Folder(folder, "first"), resume: false, force: true),
            Throws.TypeOf<InputException>().With.Message.StartsWith("Another process runs 'first'"));
        Assert.That(File.Exists(folder["first/Reacher/weights"]), Is.True);
    }

    [TestCase(false, false, "exists already")]
    [TestCase(true, false, null)]
    [TestCase(false, true, null)]
    public void What_would_be_refused_is_known_beforehand_and_nothing_is_changed(bool resume, bool force, string? refusal)
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");
        RunFolder run = Folder(folder, "first");
        void Check() => RunLock.Check(run, resume, force);
        Assert.That(Check, refusal is null ? Throws.Nothing : Throws.TypeOf<InputException>().With.Message.Contains(refusal));
        Assert.That(File.Exists(folder["first/Reacher/weights"]), Is.True);
        using RunLock running = RunLock.Claim(run, resume: true, force: false);
        Assert.That(Check, Throws.TypeOf<InputException>().With.Message.Contains(refusal ?? "Another process runs 'first'"));
        RunLock.Check(Folder(folder, "second"), resume: false, force);
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "first" }));
    }

    [Test]
    public void A_results_folder_that_cannot_be_made_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["results"], "a file");
        Assert.That(
            () => RunLock.Claim(new RunFolder(folder["results/a"], "Reacher"), resume: false, force: false),
            Throws.TypeOf<InputException>().With.Message.Contains("cannot be written"));
    }

    [Test]
    public void A_run_is_found_by_id_and_by_folder()
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");
        SavedRun found = SavedRun.Find("first", folder.Path);
        Assert.That(found.Folder, Is.EqualTo(new RunFolder(folder["first"], "Reacher")));
        Assert.That(found.Options.RunId, Is.EqualTo("first"));
        Assert.That(SavedRun.Find(folder["first"] + "/", "results").Folder.Id, Is.EqualTo("first"));
        Assert.That(() => SavedRun.Find("second", folder.Path), Throws.TypeOf<InputException>().With.Message.StartsWith("There is no run 'second'"));
    }

    [TestCase("")]
    [TestCase("\n  \n")]
    [TestCase("\0\0\0\0")]
    public void A_run_whose_configuration_is_empty_is_refused_and_not_taken_for_one_of_defaults(string text)
    {
        using var folder = new TemporaryFolder();
        MakeRun(folder, "first");
        string path = new RunFolder(folder["first"], "Reacher").Configuration;
        File.WriteAllText(path, text);
        Assert.That(() => SavedRun.Find("first", folder.Path), Throws.TypeOf<InputException>()
            .With.Message.StartsWith($"The run's configuration '{path}' is empty"));
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

    private static RunFolder Folder(TemporaryFolder folder, string id) => RunFolder.Of(Options(folder, id));

    private static RunOptions Options(TemporaryFolder folder, string id) => BuiltInTask.Arm.Sac with { ResultsFolder = folder.Path, RunId = id };

    private static void MakeRun(TemporaryFolder folder, string id)
    {
        RunFolder run = Folder(folder, id);
        using RunLock owned = RunLock.Claim(run, resume: false, force: false);
        ConfigurationWriter.Save(Options(folder, id), run.Configuration);
        File.WriteAllText(Path.Combine(run.BehaviorFolder, "weights"), "x");
    }
}
