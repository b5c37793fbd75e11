using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Run;

/// <summary>What the env processes say of their last training episodes, and what it comes to.</summary>
public sealed class GaugeTests
{
    [Test]
    public void Every_figure_of_the_learner_has_a_gauge() => Assert.That(ReportSlot.Count, Is.LessThanOrEqualTo(ProcessSlot.GaugeCount));

    [Test]
    public void The_last_episodes_of_several_processes_are_one_of_all_their_agents()
    {
        using var folder = new TemporaryFolder();
        using ControlBlock control = ControlBlock.Create(folder["control.map"]);
        Assert.That(EnvironmentGauge.Read(control, 3), Is.EqualTo((double.NaN, 0.0, 0.0)), "none has ended");

        End(control, 1, 1, 3);
        Assert.That(EnvironmentGauge.Read(control, 3), Is.EqualTo((2.0, 1.0, 1.0)), "those without an episode do not count");
        End(control, 2, 6, 6);
        (double score, double deviation, double length) = EnvironmentGauge.Read(control, 3);
        Assert.That((score, length), Is.EqualTo((4.0, 1.0)));
        Assert.That(deviation, Is.EqualTo(Math.Sqrt((9 + 1 + 4 + 4) / 4.0)).Within(1e-12));
        End(control, 1, 6, 6);
        Assert.That(EnvironmentGauge.Read(control, 3).Score, Is.EqualTo(6.0), "the last ones");
        Assert.That(EnvironmentGauge.Read(control, 2).Score, Is.EqualTo(6.0), "of the processes the run has");
        End(control, 2, 0, 0, 0, 0);
        Assert.That(EnvironmentGauge.Read(control, 3).Score, Is.EqualTo(2.0), "every agent counts alike: two of 6 and four of 0");
    }

    private static void End(ControlBlock control, int process, params float[] rewards)
    {
        bool[] none = new bool[rewards.Length], all = [.. rewards.Select(_ => true)];
        var scores = new EpisodeScores(rewards.Length);
        scores.Add(new VectorStep([], [], rewards, none, all, none, new RowActivity[rewards.Length]));
        EnvironmentGauge.Write(
            control.Slot(ProcessRole.Environment, process), scores.LastMean, scores.LastDeviation, scores.LastLength, scores.LastAgents);
    }
}
