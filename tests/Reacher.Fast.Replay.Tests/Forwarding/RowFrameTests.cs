using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.TestChild;

namespace Reacher.Fast.Replay.Tests.Forwarding;

/// <summary>A frame is believed only where all of it is right, and no bytes whatever make its reader throw.</summary>
public sealed class RowFrameTests
{
    [Test]
    public void A_frame_says_what_was_put_into_it()
    {
        byte[] bytes = Frame();
        Assert.That(RowFrame.TryRead(bytes, Provenance.Spec, out RowFrame frame), Is.Null);
        Assert.That(
            (frame.Incarnation, frame.Stream, frame.After, frame.First, frame.Count),
            Is.EqualTo((ForwardedRing.Incarnation, 0, 0UL, 0UL, 20)));
    }

    [Test]
    public void Every_single_changed_bit_is_noticed()
    {
        byte[] bytes = Frame();
        for (int at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= (byte)(1 << (at % 8));
            Assert.That(RowFrame.TryRead(bytes, Provenance.Spec, out _), Is.Not.Null, $"byte {at}");
            bytes[at] ^= (byte)(1 << (at % 8));
        }
    }

    [Test]
    public void Garbage_of_any_length_is_refused_in_words()
    {
        Random random = new(7);
        byte[] right = Frame();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(0, 3 * RowFrame.HeaderBytes)];
            random.NextBytes(bytes);
            // Half of them begin like a frame, so that the rest is looked at.
            right.AsSpan(0, i % 2 == 0 ? Math.Min(bytes.Length, random.Next(RowFrame.HeaderBytes)) : 0).CopyTo(bytes);
            Assert.That(RowFrame.TryRead(bytes, Provenance.Spec, out _), Is.Not.Null.And.Not.Empty);
        }
    }

    [TestCase(1, 0UL, 0UL)]
    [TestCase(0, 5UL, 3UL)]
    [TestCase(0, 0UL, ulong.MaxValue)]
    public void A_header_with_a_right_checksum_may_still_contradict_itself(int missingBytes, ulong after, ulong first)
    {
        byte[] bytes = Frame()[..^missingBytes];
        RowFrame.Seal(bytes, Provenance.Spec, 1, 0, after, first);
        Assert.That(RowFrame.TryRead(bytes, Provenance.Spec, out _), Is.EqualTo("its header contradicts itself"));
    }

    [Test]
    public void Rows_of_other_sizes_are_refused()
    {
        Assert.That(RowFrame.TryRead(Frame(), new TransitionSpec(60, 4), out _), Is.EqualTo("its rows have 320 bytes, and those of the run 576"));
    }

    [Test]
    public void A_row_that_was_damaged_in_the_ring_is_refused_although_the_frame_is_whole()
    {
        byte[] bytes = Frame();
        bytes[RowFrame.HeaderBytes + (3 * 320) + 50] ^= 1;
        RowFrame.Seal(bytes, Provenance.Spec, 1, 0, 0, 0);
        Assert.That(RowFrame.TryRead(bytes, Provenance.Spec, out _), Is.EqualTo("its row 3 is not whole"));
    }

    [Test]
    public void A_frame_that_is_too_long_is_refused_before_any_of_it_is_read()
    {
        Assert.That(
            RowFrame.TryRead(new byte[RowFrame.UsualBytes + 1], Provenance.Spec, out _),
            Is.EqualTo("it has 65537 bytes, more than the 65328 of the longest"));
    }

    [Test]
    public void A_row_longer_than_a_usual_frame_has_one_to_itself()
    {
        TransitionSpec spec = new(20_000, 4);
        Assert.That(RowFrame.LongestBytes(spec), Is.EqualTo(RowFrame.HeaderBytes + spec.StrideBytes));
    }

    private static byte[] Frame()
    {
        using ForwardedRing rows = new(200, 200);
        rows.Step();
        return rows.NewSender().Next()!;
    }
}
