using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay.Control;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>
/// The learner is killed again and again while a real run learns. Every checkpoint in the run's folder is read after each kill: none may
/// be damaged, and the newest may never be older than it was.
/// </summary>
[NonParallelizable]
[Category("Stress")]
[Explicit("Trains to solved with two processors, several minutes: dotnet test tests/Reacher.Fast.Runner.Tests --filter KillStressTests")]
public sealed class KillStressTests
{
    private const int Kills = 20;
    private const double LongestLife = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(40);

    private string results = "";
    private int read;

    private string Checkpoints => Path.Combine(results, "killed", "Reacher");

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    [TestCase("sac")]
    public void A_learner_killed_twenty_times_solves_all_the_same_and_leaves_no_damaged_checkpoint(string algorithm)
    {
        var random = new Random(20260101);
        var clock = Stopwatch.StartNew();
        using RunnerProcess run = Start(
            "train", "--json", "--algorithm", algorithm, "--results-dir", results, "--run-id", "killed", "--seed", "1", "--max-lifetime-restarts",
            "-1");
        using ControlBlock control = Control(results, "killed");
        ProcessSlot learner = control.Learner;
        long newest = -1;
        int inSave = 0;
        for (int kill = 1; kill <= Kills; kill++)
        {
            WaitUntil(() => learner.IsHolderAlive, "the learner has taken its slot");
            int pid = learner.Pid;
            if (kill % 4 == 0)
            {
                WaitUntil(() => learner.Phase == ProcessPhase.Saving, "the learner saves");
            }
            else
            {
                var life = Stopwatch.StartNew();
                double until = random.NextDouble() * LongestLife;
                WaitUntil(() => life.Elapsed.TotalSeconds > until, "the moment comes");
            }

            Assert.That(run.Process.HasExited, Is.False, $"the run ended before kill {kill}: {run.Errors}");
            inSave += learner.Phase == ProcessPhase.Saving ? 1 : 0;
            Kill("KILL", pid);
            long step = ReadCheckpoints();
            TestContext.Progress.WriteLine(
                $"{clock.Elapsed.TotalSeconds,6:F1} s  kill {kill,2} at update {learner.Updates,7}, newest checkpoint at transition {step}");
            Assert.That(step, Is.GreaterThanOrEqualTo(newest), "learning that was on the disk stays");
            newest = step;
            WaitUntil(() => learner.Pid != pid && learner.Phase >= ProcessPhase.Running, "the learner is started again");
        }

        Assert.That(run.WaitForExit(Patience), Is.Zero, run.Errors);
        ReadCheckpoints();
        Assert.That(learner.Restarts, Is.EqualTo(Kills));
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(results, "killed", "summary.json")));
        Assert.That(summary.RootElement.GetProperty("outcome").GetString(), Is.EqualTo("solved"));
        TestContext.Progress.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Kills} kills, {inSave} of them in a save; {read} checkpoints read, none damaged; " +
            $"{clock.Elapsed.TotalSeconds:F0} s\n{summary.RootElement}"));
    }

    // All that are there; the newest's step, or -1.
    private long ReadCheckpoints()
    {
        long newest = -1;
        string[] files = Directory.Exists(Checkpoints) ? Directory.GetFiles(Checkpoints, "*.safetensors") : [];
        foreach (string file in files)
        {
            try
            {
                CheckpointStore.Load(file, out long step);
                newest = Math.Max(newest, step);
                read++;
            }
            catch (InputException) when (!File.Exists(file))
            {
                // Deleted in favour of a newer one, between listing and reading.
            }
        }

        return newest;
    }
}
