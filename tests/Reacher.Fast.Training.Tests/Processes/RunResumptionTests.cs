using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>What is done to a run's folder before the run goes on, and what refuses it.</summary>
public sealed class RunResumptionTests
{
    private static readonly RunPlan Plan = new()
    {
        RunId = "test",
        Behavior = "Reacher",
        Seed = 7,
        Environment = new EnvironmentOptions { Name = EnvironmentOptions.Arm },
        AgentCount = 4,
        ObservationSize = 5,
        ActionSize = 2,
        Learner = PaperOptions.Sac with { Seed = 7, HiddenSizes = [8, 6], BatchSize = 4 },
        NStep = 1,
        Gamma = 0.99f,
        BufferSize = 100,
        WarmupTransitions = 0,
        TransitionsPerUpdate = 1,
        KeepCheckpoints = 5,
        Device = "cpu",
        LearnerThreads = 1,
    };

    [Test]
    public void Counters_that_were_lost_are_raised_to_the_checkpoints()
    {
        using var folder = new TemporaryFolder();
        RunFolder files = Make(folder, counted: 40, saved: 8000);
        Assert.That(Prepare(files, Plan), Is.EqualTo(8000));
        using ControlBlock control = ControlBlock.Open(files.Control);
        Assert.That(control.TotalTransitions, Is.EqualTo(8000));
        Assert.That(control.Slot(ProcessRole.Environment, 0).VectorSteps, Is.EqualTo(2000), "the environment begins with another seed");
        for (int i = 1; i < ControlBlock.MaximumEnvironments; i++)
        {
            Assert.That(control.Slot(ProcessRole.Environment, i).VectorSteps, Is.EqualTo(1990), "as does each of several");
        }
    }

    [Test]
    public void Counters_ahead_of_the_checkpoint_stay()
    {
        using var folder = new TemporaryFolder();
        RunFolder files = Make(folder, counted: 9000, saved: 8000);
        Assert.That(Prepare(files, Plan), Is.EqualTo(9000));
        using ControlBlock control = ControlBlock.Open(files.Control);
        Assert.That(control.TotalTransitions, Is.EqualTo(9000));
    }

    [TestCase(101, false)]
    [TestCase(100, true)]
    [TestCase(60, true)]
    public void A_larger_replay_than_the_runs_is_refused_and_nothing_is_touched(int rows, bool goesOn)
    {
        using var folder = new TemporaryFolder();
        RunFolder files = Make(folder, counted: 40, saved: 8000);
        if (goesOn)
        {
            Assert.That(() => Prepare(files, Plan with { BufferSize = rows }), Throws.Nothing);
            return;
        }

        byte[] control = File.ReadAllBytes(files.Control);
        Assert.That(
            () => Prepare(files, Plan with { BufferSize = rows }),
            Throws.TypeOf<InputException>().With.Message.Contains("room for 100 rows").And.Message.Contains("asks for 101"));
        Assert.That(File.ReadAllBytes(files.Control), Is.EqualTo(control));
    }

    [Test]
    public void Metrics_of_later_than_the_run_goes_on_from_are_cut()
    {
        using var folder = new TemporaryFolder();
        RunFolder files = Make(folder, counted: 8000, saved: 8000);
        string[] lines = [.. new[] { 4000, 8000, 8001 }.Select(transitions => $$"""{"kind":"progress","seconds":1,"transitions":{{transitions}}}""")];
        File.WriteAllText(files.Metrics, string.Join('\n', [.. lines, "damaged", "half a li"]));
        Prepare(files, Plan);
        Assert.That(File.ReadAllLines(files.Metrics), Is.EqualTo((string[])[lines[0], lines[1], "damaged", "half a li"]));
        File.WriteAllLines(files.Metrics, lines[..2]);
        DateTime before = File.GetLastWriteTimeUtc(files.Metrics);
        Prepare(files, Plan);
        Assert.That(File.GetLastWriteTimeUtc(files.Metrics), Is.EqualTo(before), "a file of which nothing goes is not written");
        using var metrics = new MetricsFile(files.Metrics);
    }

    [Test]
    public void A_map_that_is_missing_or_damaged_is_made_anew_and_the_old_one_renamed(
        [Values("replay", "control", "weights")] string map, [Values] Damage damage)
    {
        using var folder = new TemporaryFolder();
        RunFolder files = Make(folder, counted: 9000, saved: 8000);
        string path = map switch { "replay" => files.Replay, "control" => files.Control, _ => files.Weights };
        byte[] damaged = Damaged(File.ReadAllBytes(path), damage);
        File.Delete(path);
        if (damage != Damage.Missing)
        {
            File.WriteAllBytes(path, damaged);
        }

        long transitions = Prepare(files, Plan);
        Assert.That(transitions, Is.EqualTo(map == "control" ? 8000 : 9000));
        ReplayFile.Open(files.Replay, Plan.TransitionSpec).Dispose();
        ControlBlock.Open(files.Control).Dispose();
        WeightChannel.Open(files.Weights, Plan.PublishedLength).Dispose();
        string aside = path + ".damaged-1";
        Assert.That(File.Exists(aside), Is.EqualTo(damage != Damage.Missing));
        if (damage != Damage.Missing)
        {
            Assert.That(File.ReadAllBytes(aside), Is.EqualTo(damaged));
        }
    }

    [Test]
    public void A_second_damaged_map_does_not_replace_the_first_that_was_renamed()
    {
        using var folder = new TemporaryFolder();
        RunFolder files = Make(folder, counted: 9000, saved: 8000);
        for (int loss = 1; loss <= 2; loss++)
        {
            File.WriteAllText(files.Weights, $"loss {loss}");
            Prepare(files, Plan);
            Assert.That(File.ReadAllText($"{files.Weights}.damaged-{loss}"), Is.EqualTo($"loss {loss}"));
        }
    }

    [Test]
    public void A_sound_map_of_other_sizes_refuses_the_run_and_stays()
    {
        using var folder = new TemporaryFolder();
        RunFolder files = Make(folder, counted: 9000, saved: 8000);
        File.Delete(files.Control);
        WeightChannel.Create(files.Weights, 7, overwrite: true).Dispose();
        byte[] weights = File.ReadAllBytes(files.Weights);
        Assert.That(() => Prepare(files, Plan), Throws.InstanceOf<InputException>().With.Message.Contains("7 floats"));
        Assert.That(File.ReadAllBytes(files.Weights), Is.EqualTo(weights));
        WeightChannel.Create(files.Weights, Plan.PublishedLength, overwrite: true).Dispose();
        ReplayFile.Create(files.Replay, new TransitionSpec(9, 9), 100, new ReplayOptions { Overwrite = true }).Dispose();
        Assert.That(() => Prepare(files, Plan), Throws.InstanceOf<InputException>().With.Message.Contains("observations of 9"));
        Assert.That(File.Exists(files.Control), Is.False, "nothing is made where the run is refused");
    }

    [Test]
    public void The_rows_stay_open_from_their_verification_on()
    {
        using var folder = new TemporaryFolder();
        RunFolder files = Make(folder, counted: 40, saved: 8000);
        using (RunResumption resumption = RunResumption.Prepare(files, Plan))
        {
            WriteTornRow(files.Replay);
            using ReplayFile replay = ReplayFile.Open(files.Replay);
            Assert.That(replay.Repair, Is.Null, "rows are verified once, not by whoever opens the file next");
        }

        using ReplayFile next = ReplayFile.Open(files.Replay);
        Assert.That(next.Repair?.LostRows, Is.EqualTo(1));
    }

    [Test]
    public void A_run_whose_options_name_no_seed_goes_on_with_its_own()
    {
        using var folder = new TemporaryFolder();
        var files = new RunFolder(folder["test"], "Reacher");
        Directory.CreateDirectory(files.Logs);
        Plan.Save(files.Plan);
        var options = new RunOptions
        {
            RunId = "test", ResultsFolder = folder.Path, Behavior = "Other", Environment = Plan.Environment, Learner = Plan.Learner, Resume = true,
        };
        Assert.That(ResumptionCheck.WithSeed(options).Seed, Is.EqualTo(7));
        Assert.That(ResumptionCheck.WithSeed(options with { Seed = 8 }).Seed, Is.EqualTo(8));
        Assert.That(ResumptionCheck.WithSeed(options with { RunId = "none" }).Seed, Is.Negative);
        Assert.That(ResumptionCheck.WithSeed(options with { Resume = false }).Seed, Is.Negative);
    }

    private static long Prepare(RunFolder files, RunPlan plan)
    {
        using RunResumption resumption = RunResumption.Prepare(files, plan);
        return resumption.Transitions;
    }

    private static void WriteTornRow(string path)
    {
        using ReplayFile replay = ReplayFile.Open(path);
        using var writer = new TransitionWriter(replay, 1, 0, 1, 0.99f);
        for (int row = 0; row < Plan.BufferSize; row++)
        {
            writer.Write(new float[5], new float[2], [1], [false], [false], [false], new float[5], new float[5]);
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Seek(40 - (10 * Plan.TransitionSpec.StrideBytes), SeekOrigin.End);
        file.Write([255, 255]);
    }

    private static byte[] Damaged(byte[] content, Damage damage)
    {
        switch (damage)
        {
            case Damage.FirstPageLost:
                content.AsSpan(0, 4096).Clear();
                return content;
            case Damage.Cut:
                return content[..(content.Length / 2)];
            case Damage.Emptied:
                return [];
            default:
                return content;
        }
    }

    public enum Damage
    {
        Missing,
        FirstPageLost,
        Cut,
        Emptied,
    }

    /// <summary>The folder of a run that had counted so many transitions and saved its last checkpoint at so many.</summary>
    private static RunFolder Make(TemporaryFolder folder, int counted, long saved)
    {
        var files = new RunFolder(folder.Path, "Reacher");
        ReplayFile.Create(files.Replay, Plan.TransitionSpec, Plan.BufferSize).Dispose();
        WeightChannel.Create(files.Weights, Plan.PublishedLength).Dispose();
        using (ControlBlock control = ControlBlock.Create(files.Control))
        {
            control.Slot(ProcessRole.Environment, 0).SetVectorSteps(counted / Plan.AgentCount, counted);
        }

        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        using ILearner learner = LearnerFactory.Create(Plan.Learner, Plan.TransitionSpec, device);
        var state = new StateDictionary();
        learner.SaveState(state);
        for (int word = 0; word < 4; word++)
        {
            state.Add($"sampler.s{word}", 1UL);
        }

        Assert.That(files.Checkpoints(keep: 5).Save(state, saved).IsSaved);
        return files;
    }
}
