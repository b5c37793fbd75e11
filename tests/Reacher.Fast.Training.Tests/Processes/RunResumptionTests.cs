using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
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
        Assert.That(RunResumption.Prepare(files, Plan), Is.EqualTo(8000));
        using ControlBlock control = ControlBlock.Open(files.Control);
        Assert.That(control.TotalTransitions, Is.EqualTo(8000));
        Assert.That(control.Slot(ProcessRole.Environment, 0).VectorSteps, Is.EqualTo(2000), "the environment begins with another seed");
    }

    [Test]
    public void Counters_ahead_of_the_checkpoint_stay()
    {
        using var folder = new TemporaryFolder();
        RunFolder files = Make(folder, counted: 9000, saved: 8000);
        Assert.That(RunResumption.Prepare(files, Plan), Is.EqualTo(9000));
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
            Assert.That(() => RunResumption.Prepare(files, Plan with { BufferSize = rows }), Throws.Nothing);
            return;
        }

        byte[] control = File.ReadAllBytes(files.Control);
        Assert.That(
            () => RunResumption.Prepare(files, Plan with { BufferSize = rows }),
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
        RunResumption.Prepare(files, Plan);
        Assert.That(File.ReadAllLines(files.Metrics), Is.EqualTo((string[])[lines[0], lines[1], "damaged", "half a li"]));
        File.WriteAllLines(files.Metrics, lines[..2]);
        DateTime before = File.GetLastWriteTimeUtc(files.Metrics);
        RunResumption.Prepare(files, Plan);
        Assert.That(File.GetLastWriteTimeUtc(files.Metrics), Is.EqualTo(before), "a file of which nothing goes is not written");
        using var metrics = new MetricsFile(files.Metrics);
    }

    /// <summary>The folder of a run that had counted so many transitions and saved its last checkpoint at so many.</summary>
    private static RunFolder Make(TemporaryFolder folder, int counted, long saved)
    {
        var files = new RunFolder(folder.Path, "Reacher");
        ReplayFile.Create(files.Replay, Plan.TransitionSpec, Plan.BufferSize).Dispose();
        using (ControlBlock control = ControlBlock.Create(files.Control))
        {
            control.Slot(ProcessRole.Environment, 0).SetVectorSteps(counted / Plan.AgentCount, Plan.AgentCount);
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
