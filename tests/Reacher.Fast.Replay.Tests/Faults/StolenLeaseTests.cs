using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Tests.Processes;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.TestChild;

namespace Reacher.Fast.Replay.Tests.Faults;

/// <summary>
/// A process that has no file descriptor left cannot read /proc, and so cannot tell whether another lives. That says nothing
/// about the other: what a living process holds stays its own.
/// </summary>
[Platform("Linux")]
public sealed class StolenLeaseTests
{
    [Test]
    public void A_living_writer_keeps_its_lease()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], Provenance.Spec, 200);
        using RowWriter writer = new(replay, Provenance.Streams, 0);
        Starve("lease", replay.Path);
        // Two writers with one lease each overwrite what the other claims, and every row that both write at once is torn.
        ulong owner = new WriterLease(replay.File, writer.LeaseIndex).Owner.ReadAcquire();
        Assert.That(ProcessIdentity.PidOf(owner), Is.EqualTo(Environment.ProcessId));
    }

    [Test]
    public void A_living_publisher_of_weights_stays_the_only_one()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using WeightChannel channel = WeightChannel.Create(folder["weights"], 100);
        channel.Publish(new float[100], 1);
        Starve("publisher", channel.Path);
        Assert.That(channel.PublishedCount, Is.EqualTo(1), "nobody else has published");
    }

    [Test]
    public void A_living_process_keeps_its_slot_in_the_control_block()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ControlBlock control = ControlBlock.Create(folder["control"]);
        control.Learner.Take();
        Starve("slot", control.Path);
        Assert.That(control.Learner.Pid, Is.EqualTo(Environment.ProcessId));
    }

    /// <summary>A second process, with no descriptor left, tries to take what this one holds.</summary>
    private static void Starve(string what, string path)
    {
        using ChildProcess child = new("take-starved", what, path);
        Assert.That(child.Wait(), Is.EqualTo(ExitCodes.Pass), $"{child.Errors}it took what a living process holds");
    }
}
