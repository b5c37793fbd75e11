using System.Text.Json;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Reporting;

/// <summary>What <c>--json</c> prints of a run that is under way.</summary>
public sealed class RunStatusTests
{
    [Test]
    public void Each_figure_is_a_key_of_its_own()
    {
        RunStatus status = SyntheticRun.Status(100, 1) with
        {
            Figures = [4, 3.5, 0.5, 6, 7, 5, 8, 9, double.NaN, 11],
            LearningRate = 9.5,
            Processes = [new ProcessStatus("env-0", ProcessPhase.Waiting, 12.5, 1)],
        };

        Assert.That(JsonSerializer.Serialize(status, RunStatus.Json), Is.EqualTo(
            """{"run_id":"a","behavior":"Reacher","phase":"training","elapsed_seconds":10,"transitions":100,"episodes":1""" +
            ""","training_score":5,"training_score_deviation":1,"training_episode_length":1001,"updates":100,"transitions_per_second":1""" +
            ""","updates_per_second":1,"replay_rows":100,"replay_capacity":1000,"update_ratio":1,"critic_loss":4,"q1_loss":3.5,"q2_loss":0.5""" +
            ""","policy_loss":5,"mean_q":6,"mean_target":7,"entropy":8,"entropy_coefficient":9,"learning_rate":9.5""" +
            ""","critic_gradient_norm":null,"policy_gradient_norm":11,"evaluation_episodes":0,"evaluation_score":0,"window_mean":0""" +
            ""","window_count":0,"window_size":2,"threshold":30,"seconds_to_solved":null,"final_episodes":0,"final_score":null""" +
            ""","processes":[{"name":"env-0","state":"waiting","processor_percent":12.5,"restarts":1}]}"""));
        Assert.That(
            JsonSerializer.Serialize(status with { Machines = [SyntheticRun.Machine("node", 1, 100)] }, RunStatus.Json),
            Does.EndWith(
                ""","restarts":1}],"machines":[{"name":"node","place":1,"environments":2,"rows":100,"rows_per_second":10""" +
                ""","waiting":3,"weights_behind":4,"silent_seconds":0.5}]}"""));
    }

    [TestCase(RunPhase.Starting, "starting")]
    [TestCase(RunPhase.WarmingUp, "warming up")]
    [TestCase(RunPhase.FillingTheWindow, "filling the window")]
    [TestCase(RunPhase.CoolingDown, "cooling down")]
    [TestCase(RunPhase.Ended, "ended")]
    [TestCase(RunPhase.EvaluatingTheFinalPolicy, "evaluating the final policy")]
    public void A_phase_has_the_same_words_for_people_and_in_JSON(object phase, string words)
    {
        Assert.That(RunPhaseWords.Of((RunPhase)phase), Is.EqualTo(words));
        string json = JsonSerializer.Serialize(SyntheticRun.Status(0, 0) with { Phase = (RunPhase)phase }, RunStatus.Json);
        Assert.That(json, Does.Contain($"\"phase\":\"{words}\""));
    }

    [Test]
    public void A_report_passes_through_the_gauges_slot_by_slot_and_allocates_nothing()
    {
        using var folder = new TemporaryFolder();
        using ControlBlock control = ControlBlock.Create(folder["control.map"]);
        float[] figures = [.. Enumerable.Range(1, ReportSlot.Count).Select(i => i / 4f)];
        LearnerGauge.Write(control.Learner, new LearnerReport(figures));
        long before = GC.GetAllocatedBytesForCurrentThread();
        LearnerGauge.Write(control.Learner, new LearnerReport(figures));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(allocated, Is.Zero);
        Assert.That(LearnerGauge.Read(control.Learner), Is.EqualTo(figures));
        Assert.That(() => control.Learner.WriteGauges(new float[ProcessSlot.GaugeCount + 1]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
