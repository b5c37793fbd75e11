using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Tests.Env;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>What the supervisor reads of machines that have joined.</summary>
public sealed class JoinedMachinesTests
{
    [Test]
    public void Rates_are_of_the_last_interval_and_begin_anew_with_each_life()
    {
        using var run = new LoopFolder();
        AcknowledgementLog log = AcknowledgementLog.Create(run["acknowledged.map"], run.Replay);
        using JoinedMachines machines = new(log, run.Control);
        Assert.That(machines.Read(), Is.Empty);

        StreamEntry entry = log.Stream(3);
        entry.Begin(incarnation: 7, environments: 0b1100, "node\u001b");
        entry.Rows.WriteRelease(1000);
        entry.Waiting.WriteRelease(5);
        entry.WeightVersion.WriteRelease(40);
        ProcessSlot learner = run.Control.Learner;
        learner.WeightVersion = 42;
        machines.Sample(1);
        JoinedStatus first = machines.Read().Single();
        Assert.That(
            first with { SilentSeconds = 0 },
            Is.EqualTo(new JoinedStatus
            {
                Name = "node\\x1b", Place = 3, Environments = 2, Rows = 1000, RowsPerSecond = 0, Waiting = 5, WeightsBehind = 2, SilentSeconds = 0,
            }),
            "what it had brought before anybody looked is no rate");

        entry.Rows.WriteRelease(1600);
        machines.Sample(2);
        Assert.That(machines.Read().Single().RowsPerSecond, Is.EqualTo(300));
        machines.Sample(2);
        Assert.That(machines.Read().Single().RowsPerSecond, Is.Zero);

        entry.Begin(incarnation: 8, environments: 1, "node");
        entry.Rows.WriteRelease(2000);
        machines.Sample(1);
        Assert.That(machines.Read().Single().RowsPerSecond, Is.Zero);
        entry.End();
        Assert.That(machines.Read(), Is.Empty);
    }

    [Test]
    public void All_join_anew_where_the_run_goes_on_with_another_plan()
    {
        using var run = new LoopFolder();
        AcknowledgementLog log = AcknowledgementLog.Create(run["acknowledged.map"], run.Replay);
        using JoinedMachines machines = new(log, run.Control);
        log.Stream(0).Begin(incarnation: 7, environments: 0b100, "one");
        log.Stream(5).Begin(incarnation: 8, environments: 0b1000, "another");
        machines.JoinAnew();
        Assert.That(log.Streams(), Is.Empty);
    }

    [Test]
    public void A_machine_that_says_nothing_is_silent()
    {
        JoinedStatus machine = Reporting.SyntheticRun.Machine("node", 0, 1);
        Assert.That((machine.IsSilent, (machine with { SilentSeconds = 1.5 }).IsSilent), Is.EqualTo((false, true)));
    }
}
