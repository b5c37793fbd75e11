using Reacher.Fast.Core.Checkpoints;

namespace Reacher.Fast.Core.Tests.Checkpoints;

public sealed class CheckpointStoreTests
{
    [Test]
    public void The_newest_is_loaded_and_only_the_last_few_are_kept()
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder["Reacher"], "Reacher", keep: 3);
        for (int step = 1000; step <= 10_000; step += 1000)
        {
            Assert.That(store.Save(States.Small(step), step).IsSaved, Is.True);
        }

        LoadedCheckpoint latest = store.LoadLatest()!;

        Assert.That(latest.Step, Is.EqualTo(10_000));
        Assert.That(latest.State.GetFloats("actor.0.weight", 2, 3)[0], Is.EqualTo(10_000f));
        Assert.That(latest.Skipped, Is.Empty);
        Assert.That(Directory.EnumerateFileSystemEntries(folder["Reacher"]).Select(Path.GetFileName), Is.EquivalentTo(
            new[] { "checkpoint.safetensors", "Reacher-8000.safetensors", "Reacher-9000.safetensors", "Reacher-10000.safetensors" }));
    }

    [Test]
    public void The_fixed_name_is_the_newest()
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path, "Reacher", keep: 5);
        store.Save(States.Small(1), 1);
        store.Save(States.Small(2), 2);

        StateDictionary state = CheckpointStore.Load(folder[CheckpointStore.LatestName], out long step);

        Assert.That(step, Is.EqualTo(2));
        Assert.That(state.GetFloats("actor.0.weight", 2, 3)[0], Is.EqualTo(2f));
    }

    [Test]
    public void No_checkpoint_at_all_is_no_error()
    {
        using var folder = new TemporaryFolder();
        Assert.That(new CheckpointStore(folder["none"], "Reacher", 5).LoadLatest(), Is.Null);
        File.WriteAllText(folder["Reacher-notes.safetensors"], "not ours");
        Assert.That(new CheckpointStore(folder.Path, "Reacher", 5).LoadLatest(), Is.Null);
    }

    [Test]
    public void A_damaged_newest_is_skipped_and_named()
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path, "Reacher", keep: 5);
        store.Save(States.Small(1), 100);
        store.Save(States.Small(2), 200);
        string newest = folder["Reacher-200.safetensors"];
        byte[] bytes = File.ReadAllBytes(newest);
        File.WriteAllBytes(newest, bytes[..^1]);

        LoadedCheckpoint loaded = store.LoadLatest()!;

        Assert.That(loaded.Step, Is.EqualTo(100));
        Assert.That(loaded.Skipped.Select(skipped => skipped.Path), Is.EqualTo(new[] { folder[CheckpointStore.LatestName], newest }),
            "two names of one file");
        Assert.That(loaded.Skipped[1].Reason, Does.Contain("truncated"));
    }

    [Test]
    public void One_under_the_fixed_name_alone_is_the_newest_and_deletes_no_numbered_one()
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path, "Reacher", keep: 1);
        store.Save(States.Small(1), 100);
        Assert.That(store.SaveLatest(States.Small(2), 150).IsSaved, Is.True);
        Assert.That(store.LoadLatest()!.Step, Is.EqualTo(150));
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "Reacher-100.safetensors", CheckpointStore.LatestName }));

        File.WriteAllText(folder[CheckpointStore.LatestName], "damaged");
        LoadedCheckpoint loaded = store.LoadLatest()!;
        Assert.That(loaded.Step, Is.EqualTo(100));
        Assert.That(loaded.Skipped.Single().Path, Is.EqualTo(folder[CheckpointStore.LatestName]));
    }

    [Test]
    public void A_numbered_one_whose_writer_was_killed_before_it_was_named_the_newest_is_the_newest()
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path, "Reacher", keep: 5);
        store.Save(States.Small(1), 100);
        File.Copy(folder[CheckpointStore.LatestName], folder["old"]);
        store.Save(States.Small(2), 200);
        File.Move(folder["old"], folder[CheckpointStore.LatestName], overwrite: true);

        Assert.That(store.LoadLatest()!.Path, Is.EqualTo(folder["Reacher-200.safetensors"]));
    }

    /// <summary>A run's counters may be lost with the power, and what it saves then has fewer steps than what it saved before.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public void The_last_saved_is_the_newest_whatever_steps_they_have(bool again)
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path, "Reacher", keep: 2);
        store.Save(States.Small(1), 800);
        store.Save(States.Small(2), 900);
        store = again ? new CheckpointStore(folder.Path, "Reacher", keep: 2) : store;
        store.Save(States.Small(3), 100);
        Assert.That(store.LoadLatest()!.Step, Is.EqualTo(100));
        Assert.That(store.List().Select(saved => saved.Step), Is.EqualTo(new[] { 100L, 900 }), "the oldest is deleted");

        store.SaveLatest(States.Small(4), 150);
        Assert.That(store.LoadLatest()!.Step, Is.EqualTo(150));
        File.Delete(folder[CheckpointStore.LatestName]);
        Assert.That(store.LoadLatest()!.Step, Is.EqualTo(100), "the newest under a name of its own");
    }

    [Test]
    public void Files_of_before_saves_were_numbered_are_older_than_those_after()
    {
        using var folder = new TemporaryFolder();
        foreach (int step in new[] { 300, 200 })
        {
            StateDictionary state = States.Small(step);
            state.Metadata[CheckpointStore.StepKey] = $"{step}";
            Safetensors.Write(state, folder[$"Reacher-{step}.safetensors"]);
        }

        var store = new CheckpointStore(folder.Path, "Reacher", keep: 5);
        Assert.That(store.LoadLatest()!.Step, Is.EqualTo(300));
        store.Save(States.Small(), 100);
        Assert.That(store.List().Select(saved => saved.Step), Is.EqualTo(new[] { 100L, 300, 200 }));
    }

    [Test]
    public void Only_damaged_ones_is_an_error_and_touches_nothing()
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path, "Reacher", keep: 5);
        store.Save(States.Small(), 100);
        File.WriteAllText(folder["Reacher-100.safetensors"], "damaged");
        File.WriteAllText(folder[CheckpointStore.LatestName], "damaged");

        Assert.That(() => store.LoadLatest(), Throws.TypeOf<InputException>().With.Message.Contains("None of the 2"));
        Assert.That(File.ReadAllText(folder["Reacher-100.safetensors"]), Is.EqualTo("damaged"));
    }

    [Test]
    public void A_save_after_resuming_from_before_a_damaged_one_is_not_pruned_away()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["Reacher-900.safetensors"], "damaged");
        var store = new CheckpointStore(folder.Path, "Reacher", keep: 1);

        store.Save(States.Small(), 500);

        Assert.That(store.LoadLatest()!.Step, Is.EqualTo(500));
    }

    [Test]
    public void Leftovers_of_a_killed_writer_are_deleted_by_the_next_save_and_others_files_are_not()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[".Reacher-300.safetensors.4242.tmp"], "half");
        File.WriteAllText(folder[".somebody-else.tmp"], "not ours");
        new CheckpointStore(folder.Path, "Reacher", keep: 5).Save(States.Small(), 400);

        Assert.That(folder.FileNames(), Is.EqualTo(new[] { ".somebody-else.tmp", "Reacher-400.safetensors", "checkpoint.safetensors" }));
    }

    [Test]
    public void Another_projects_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        Safetensors.Write(States.Small(), folder["actor.safetensors"]);

        Assert.That(
            () => CheckpointStore.Load(folder["actor.safetensors"], out _),
            Throws.TypeOf<InputException>().With.Message.Contains("not a checkpoint written by this program"));
    }

    [TestCase(CheckpointStore.LatestName)]
    [TestCase("Reacher-200.safetensors")]
    public void One_that_cannot_be_looked_into_is_not_passed_over_for_an_older_one(string unreadable)
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path, "Reacher", keep: 5);
        store.Save(States.Small(1), 100);
        store.Save(States.Small(2), 200);
        Assert.That(store.SaveLatest(States.Small(3), 300).IsSaved, Is.True);

        // To one who reads and lets others read meanwhile, a file that somebody has to himself is what a failing disk is.
        using (new FileStream(folder[unreadable], FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.That(() => store.LoadLatest(), Throws.TypeOf<InputException>().With.Message.Contains(unreadable));
            CheckpointSave save = new CheckpointStore(folder.Path, "Reacher", keep: 5).Save(States.Small(4), 400);
            Assert.That(save.Warning, Does.Contain("was not saved"), "its number is not known");
        }

        Assert.That(store.LoadLatest()!.Step, Is.EqualTo(300));
        Assert.That(store.Save(States.Small(4), 400).IsSaved, Is.True);
        Assert.That(store.LoadLatest()!.Step, Is.EqualTo(400));
    }

    [Test]
    public void A_folder_that_cannot_be_made_is_a_warning()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["Reacher"], "a file where the folder should be");

        CheckpointSave save = new CheckpointStore(folder["Reacher"], "Reacher", keep: 5).Save(States.Small(), 1);

        Assert.That(save.IsSaved, Is.False);
        Assert.That(save.DiskFull, Is.False);
        Assert.That(save.Warning, Does.Contain("was not saved").And.Contain("the run goes on"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_full_disk_leaves_the_old_one_and_no_litter(bool numbered)
    {
        using var folder = new TemporaryFolder();
        using var disk = new SmallDisk(folder.Path, "256k");
        var store = new CheckpointStore(folder.Path, "Reacher", keep: 5);
        Assert.That(store.Save(States.Small(1), 1).IsSaved, Is.True);
        StateDictionary large = States.Small(2);
        large.Add("large", new float[100_000], 100_000);

        CheckpointSave save = numbered ? store.Save(large, 2) : store.SaveLatest(large, 2);

        Assert.That(save.IsSaved, Is.False);
        Assert.That(save.DiskFull, Is.True);
        Assert.That(save.Warning, Does.Contain(numbered ? "Reacher-2.safetensors" : CheckpointStore.LatestName)
            .And.Contain("the disk is full").And.Contain("the run goes on"));
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "Reacher-1.safetensors", CheckpointStore.LatestName }));
        Assert.That(store.LoadLatest()!.State.GetFloats("actor.0.weight", 2, 3)[0], Is.EqualTo(1f));
        Assert.That(store.Save(States.Small(3), 3).IsSaved, Is.True, "the next one fits again");
    }
}
