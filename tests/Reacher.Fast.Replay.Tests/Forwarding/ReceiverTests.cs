using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Replay.Tests.Forwarding;

/// <summary>Every row reaches the run's replay once: when frames are lost, repeated or overlap, and wherever the receiver dies.</summary>
public sealed class ReceiverTests
{
    [Test]
    public void A_frame_that_comes_again_is_dropped()
    {
        using ForwardedRing rows = new(400, 400);
        rows.Step();
        using RowReceiver receiver = rows.NewReceiver();
        byte[] frame = rows.NewSender().Next()!;
        ForwardedRing.Publish(receiver, frame);
        ForwardedRing.Publish(receiver, frame);
        Assert.That(receiver.Mark, Is.EqualTo(20));
        rows.AssertExactlyOnce();
    }

    [Test]
    public void Of_a_frame_that_overlaps_only_the_new_rows_are_published()
    {
        using ForwardedRing rows = new(400, 400);
        rows.Step();
        RowSender first = rows.NewSender(), second = rows.NewSender();
        byte[] shorter = first.Next()!;
        rows.Step();
        byte[] longer = second.Next()!;
        using RowReceiver receiver = rows.NewReceiver();
        ForwardedRing.Publish(receiver, shorter);
        ForwardedRing.Publish(receiver, longer);
        Assert.That(receiver.Mark, Is.EqualTo(40));
        rows.AssertExactlyOnce();
    }

    [Test]
    public void A_frame_that_comes_before_its_predecessor_is_told_from_one_after_a_gap_of_dead_positions()
    {
        using ForwardedRing rows = new(400, 400);
        rows.Step();
        RowSender sender = rows.NewSender();
        _ = sender.Next();
        rows.Step();
        byte[] early = sender.Next()!;
        rows.Ring.File.Word(ReplayLayout.TailOffset).FetchAdd(5);
        rows.Step();
        byte[] afterGap = sender.Next()!;
        using RowReceiver receiver = rows.NewReceiver();
        Assert.That(receiver.IsTooEarly(RowFrame.Of(early)), Is.True);
        sender.GoBack();
        ForwardedRing.Publish(receiver, sender.Next()!);
        Assert.That((receiver.Mark, receiver.IsTooEarly(RowFrame.Of(afterGap))), Is.EqualTo((40UL, false)));
        ForwardedRing.Publish(receiver, afterGap);
        Assert.That(receiver.Mark, Is.EqualTo(rows.Ring.Tail));
        rows.AssertExactlyOnce();
    }

    [Test]
    public void Frames_of_an_earlier_life_and_of_another_machine_are_refused()
    {
        using ForwardedRing rows = new(400, 400);
        rows.Step();
        byte[] frame = rows.NewSender().Next()!;
        using RowReceiver before = rows.NewReceiver();
        Assert.That(before.Refuse(RowFrame.Of(frame)), Is.Null);
        RowFrame.Seal(frame, rows.Ring.Spec, ForwardedRing.Incarnation, 3, 0, 0);
        Assert.That(before.Refuse(RowFrame.Of(frame)), Is.EqualTo("it comes from another machine"));
        RowFrame.Seal(frame, rows.Ring.Spec, ForwardedRing.Incarnation, 0, 0, 0);
        rows.Entry.Begin(ForwardedRing.Incarnation + 1, 1, "tested again");
        using RowReceiver after = rows.NewReceiver();
        Assert.That(after.Refuse(RowFrame.Of(frame)), Is.EqualTo("it comes from an earlier life of its machine"));
        Assert.That(before.Refuse(RowFrame.Of(frame)), Is.EqualTo("it comes from an earlier life of its machine"));
    }

    /// <summary>Dies with the intent standing and <paramref name="published"/> of 20 rows published; what is not acknowledged comes again.</summary>
    [Test]
    public void A_receiver_that_dies_among_its_rows_loses_none_and_repeats_none([Range(0, 20)] int published)
    {
        using ForwardedRing rows = new(400, 400);
        KillAmong(rows, published, settle: true);
        rows.AssertExactlyOnce();
    }

    [Test]
    public void Without_the_intent_the_same_death_repeats_rows()
    {
        using ForwardedRing rows = new(400, 400);
        KillAmong(rows, 7, settle: false);
        Assert.That(rows.AssertExactlyOnce, Throws.InstanceOf<AssertionException>());
    }

    [Test]
    public void A_receiver_that_dies_after_the_mark_and_before_the_intent_is_taken_back_repeats_none()
    {
        using ForwardedRing rows = new(400, 400);
        rows.Step();
        using (RowReceiver receiver = rows.NewReceiver())
        {
            ForwardedRing.Publish(receiver, rows.NewSender().Next()!);
        }

        // The intent as A2 left it, with the mark of A4.
        rows.Entry.Intend(0, 0, 20);
        using RowReceiver next = rows.NewReceiver();
        Assert.That((next.Mark, rows.NewSender().Next()), Is.EqualTo((20UL, (byte[]?)null)));
        rows.AssertExactlyOnce();
    }

    [Test]
    public void A_row_that_newer_rows_have_overwritten_counts_as_published()
    {
        using ForwardedRing rows = new(400, 40);
        KillAmong(rows, 20, settle: true, others: 60);
        Assert.That(rows.Entry.Mark.ReadAcquire(), Is.EqualTo(20));
    }

    [Test]
    public void A_log_is_void_with_another_replay_and_settled_with_its_own()
    {
        using TemporaryFolder folder = new();
        using ForwardedRing rows = new(400, 400);
        string path = folder["log"];
        using (AcknowledgementLog log = AcknowledgementLog.Create(path, rows.Replay))
        {
            log.Stream(5).Begin(77, 6, "a machine");
            log.Stream(5).Complete(123, 123);
        }

        using (AcknowledgementLog same = AcknowledgementLog.Resume(path, rows.Replay))
        {
            Assert.That(same.Streams().Select(entry => (entry.Index, entry.Mark.ReadAcquire(), entry.Name, entry.EnvironmentCount)),
                Is.EqualTo(new[] { (5, 123UL, "a machine", 2) }));
        }

        using AcknowledgementLog other = AcknowledgementLog.Resume(path, rows.Ring);
        Assert.That(other.Streams(), Is.Empty);
        Assert.That(() => AcknowledgementLog.Open(path, rows.Replay), Throws.InstanceOf<MappedFileException>());
    }

    private static void KillAmong(ForwardedRing rows, int published, bool settle, int others = 0)
    {
        rows.Step();
        using RowReceiver dying = rows.NewReceiver();
        dying.Writer.Plant((replay, staged, start, count) =>
        {
            Assert.That(count, Is.EqualTo(20));
            staged.PublishOneByOne(replay.Slots, start, published, replay.Capacity);
            throw new KilledException();
        });
        Assert.That(() => dying.PublishNext(RowFrame.Of(rows.NewSender().Next()!)).Length, Throws.InstanceOf<KilledException>());
        for (int i = 0; i < others; i += 20)
        {
            using RowWriter other = new(rows.Replay, 20, 0);
            for (int row = 0; row < 20; row++)
            {
                other.Staged.Compose(row, 0, new float[33], new float[4], 0, 0, new float[33]);
            }

            // What the killed process had claimed is its successor's and everybody's; here it still lives, in the test's own process.
            new WriterLease(rows.Replay.File, dying.Writer.LeaseIndex).Claim.WriteRelease(WriterLease.Idle);
            Assert.That(other.Publish(20), Is.EqualTo(20));
        }

        if (!settle)
        {
            rows.Entry.Complete(0, 0);
        }

        using RowReceiver next = rows.NewReceiver();
        if (rows.NewSender().Next() is { } frame)
        {
            ForwardedRing.Publish(next, frame);
        }
    }

    private sealed class KilledException : Exception;
}
