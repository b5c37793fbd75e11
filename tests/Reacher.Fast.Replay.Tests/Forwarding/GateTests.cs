using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Replay.Tests.Processes;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Replay.Tests.Forwarding;

/// <summary>A machine's ring keeps rows that nobody has acknowledged, whatever its writers do and whoever of them dies.</summary>
public sealed class GateTests
{
    [Test]
    public void A_full_ring_keeps_its_rows_until_they_are_acknowledged()
    {
        using ForwardedRing rows = new(ringCapacity: 40, capacity: 200);
        rows.Step();
        rows.Step();
        Assert.That((rows.Ring.HasRoom(20), rows.Ring.WrittenRows), Is.EqualTo((false, 40L)));
        RowSender sender = rows.NewSender();
        byte[] frame = sender.Next()!;

        Task third = Task.Run(rows.Step);
        Wait.Until(() => rows.Ring.WrittenRows > 40, () => "the third step's claim");
        // It has claimed its positions and waits for them: the oldest rows are still there.
        Assert.That(rows.Ring.Slots.ReadStamp(0), Is.EqualTo(1));
        using RowReceiver receiver = rows.NewReceiver();
        ForwardedRing.Publish(receiver, frame);
        sender.Acknowledge(receiver.Mark);
        Assert.That(third.Wait(Wait.LongestPatience), Is.True);
        ForwardedRing.Publish(receiver, sender.Next()!);
        rows.AssertExactlyOnce();
    }

    [Test]
    public void A_narrow_window_holds_writers_before_the_ring_is_full()
    {
        using ForwardedRing rows = new(ringCapacity: 400, capacity: 800);
        RowSender sender = rows.NewSender();
        Assert.That(rows.Ring.HasRoom(400), Is.True);
        for (int i = 0; i < 20; i++)
        {
            rows.Step();
        }

        using RowReceiver receiver = rows.NewReceiver();
        sender.Window = 40;
        while (sender.Next() is { } frame)
        {
            ForwardedRing.Publish(receiver, frame);
            sender.Acknowledge(receiver.Mark);
        }

        // The gate never goes back, so the window holds from where it was left.
        Assert.That(rows.Ring.Gate, Is.EqualTo(Math.Max(400UL, rows.Ring.Tail + 40)));
    }

    [TestCase("added")]
    [TestCase("claimed")]
    [TestCase("writing")]
    public void Positions_of_a_writer_that_died_are_passed_over_and_fill_no_ring(string moment)
    {
        using ForwardedRing rows = new(ringCapacity: 40, capacity: 800);
        using RowReceiver receiver = rows.NewReceiver();
        RowSender sender = rows.NewSender();
        for (int i = 0; i < 8; i++)
        {
            using (ChildProcess child = new("die", rows.Ring.Path, moment))
            {
                Assert.That(child.Wait(), Is.Not.Zero, child.Errors);
            }

            // The sender must look before there is room again, and finds no row.
            Assert.That(sender.Next(), Is.Null);
            rows.Step();
            ForwardedRing.Publish(receiver, sender.Next()!);
            sender.Acknowledge(receiver.Mark);
        }

        rows.AssertExactlyOnce();
    }

    [Test]
    public void Rows_of_a_writer_that_lives_are_waited_for()
    {
        using ForwardedRing rows = new(ringCapacity: 200, capacity: 200);
        RowTail tail = new(rows.Ring);
        byte[] room = new byte[200 * 320];
        WriterLease lease = new(rows.Ring.File, 100);
        Assert.That(lease.TryAcquire(20, 0), Is.True);
        lease.Claim.WriteRelease(0);
        rows.Step();
        Assert.That(tail.Read(0, room), Is.EqualTo((0UL, 20)), "what is published is read whoever has announced a claim");

        // A claim of twenty positions that is being written, and rows behind it.
        ulong start = rows.Ring.File.Word(Format.ReplayLayout.TailOffset).FetchAdd(20);
        lease.Claim.WriteRelease(WriterLease.Exact | start);
        rows.Step();
        Assert.That(tail.Read(20, room), Is.EqualTo((20UL, 0)));
        // Given up by one who lives: nobody waits any longer.
        lease.Claim.WriteRelease(WriterLease.Idle);
        Assert.That(tail.Read(20, room), Is.EqualTo((40UL, 20)));
    }
}
