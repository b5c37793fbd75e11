using Reacher.Fast.Core;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Tests.Control;

public sealed class ControlBlockTests
{
    [Test]
    public void The_first_reason_to_stop_stands()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ControlBlock control = ControlBlock.Create(folder["control"]);
        using ControlBlock other = ControlBlock.Open(control.Path);
        Assert.That(other.ShouldStop, Is.False);
        Assert.That(control.RequestStop(StopReason.Solved), Is.True);
        Assert.That(other.RequestStop(StopReason.Failed), Is.False);
        Assert.That(other.StopReason, Is.EqualTo(StopReason.Solved));
        Assert.That(other.CooldownStart, Is.Null);
        control.CooldownStart = 5;
        Assert.That(other.CooldownStart, Is.EqualTo(5));
        control.ClearStop();
        Assert.That(other.ShouldStop, Is.False);
    }

    [Test]
    public void Counters_outlive_the_mapping_and_every_slot_has_its_own()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using (ControlBlock control = ControlBlock.Create(folder["control"]))
        {
            for (int i = 0; i < ControlBlock.MaximumEnvironments; i++)
            {
                ProcessSlot slot = control.Slot(ProcessRole.Environment, i);
                slot.AddVectorStep(i);
                slot.AddEpisode(i / 2.0);
            }

            for (int i = 0; i < ControlBlock.MaximumEvaluators; i++)
            {
                ProcessSlot slot = control.Slot(ProcessRole.Evaluation, i);
                slot.AddEpisode(i);
                slot.WriteGauge(ProcessSlot.GaugeCount - 1, 10 * i);
            }

            control.Learner.AddUpdates(7);
            control.Supervisor.Beat();
        }

        using ControlBlock again = ControlBlock.Open(folder["control"]);
        Assert.That(again.TotalTransitions, Is.EqualTo(63 * 64 / 2));
        Assert.That(again.TotalEpisodes, Is.EqualTo(64));
        Assert.That(again.Slot(ProcessRole.Environment, 9).LastScore, Is.EqualTo(4.5));
        Assert.That(again.Slot(ProcessRole.Evaluation, 6).LastScore, Is.EqualTo(6));
        Assert.That(again.Slot(ProcessRole.Evaluation, 6).ReadGauge(ProcessSlot.GaugeCount - 1), Is.EqualTo(60));
        Assert.That(again.Slot(ProcessRole.Evaluation, 5).ReadGauge(ProcessSlot.GaugeCount - 1), Is.EqualTo(50));
        Assert.That(again.Learner.Updates, Is.EqualTo(7));
        Assert.That(again.Supervisor.Heartbeats, Is.EqualTo(1));
        Assert.That(() => again.Slot(ProcessRole.Environment, 64), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_slot_knows_its_holder()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ControlBlock control = ControlBlock.Create(folder["control"]);
        Assert.That(control.Learner.IsHolderAlive, Is.False);
        control.Learner.Take();
        Assert.That(control.Learner.Pid, Is.EqualTo(Environment.ProcessId));
        Assert.That(control.Learner.IsHolderAlive, Is.True);
        Assert.That(control.Learner.Phase, Is.EqualTo(ProcessPhase.Starting));
    }

    [Test]
    public void A_reused_process_id_is_another_process()
    {
        ProcessIdentity self = ProcessIdentity.Current;
        Assert.That(ProcessIdentity.IsAlive(self.Incarnation), Is.True);
        Assert.That(ProcessIdentity.IsAlive((self with { StartTicks = self.StartTicks + 1 }).Incarnation), Is.False);
        Assert.That(ProcessIdentity.IsAlive(0), Is.False);
    }

    [Test]
    public void A_file_of_another_kind_is_refused()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        File.WriteAllBytes(folder["control"], new byte[100]);
        Assert.That(() => ControlBlock.Open(folder["control"], TimeSpan.Zero), Throws.InstanceOf<InputException>());
    }
}
