using Reacher.Fast.Cluster.Serving;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Forwarding;

namespace Reacher.Fast.Cluster.Tests.Serving;

/// <summary>Frames that came before their turn are given back in order, each when its turn has come, and stale ones never.</summary>
public sealed class EarlyFramesTests
{
    private static readonly TransitionSpec Spec = new(1, 1);

    [Test]
    public void A_frame_waits_for_the_rows_before_it()
    {
        EarlyFrames frames = new();
        Assert.That(frames.Keep(Frame(after: 20, first: 25, rows: 10)) && frames.Keep(Frame(10, 10, 10)), Is.True);
        Assert.That(frames.TryTake(5, out _), Is.False);
        Assert.That(frames.TryTake(10, out RowFrame frame), Is.True);
        Assert.That((frame.First, frame.End), Is.EqualTo((10UL, 20UL)));
        Assert.That(frames.TryTake(20, out frame), Is.True);
        Assert.That((frame.First, frame.End), Is.EqualTo((25UL, 35UL)));
        Assert.That(frames.TryTake(35, out _), Is.False);
    }

    [Test]
    public void One_whose_rows_came_another_way_is_forgotten()
    {
        EarlyFrames frames = new();
        frames.Keep(Frame(10, 10, 10));
        frames.Keep(Frame(20, 20, 10));
        Assert.That(frames.TryTake(20, out RowFrame frame), Is.True);
        Assert.That(frame.First, Is.EqualTo(20));
    }

    [Test]
    public void There_is_an_end_to_what_is_kept()
    {
        EarlyFrames frames = new();
        Assert.That(Enumerable.Range(1, 40).Count(i => frames.Keep(Frame((ulong)i, (ulong)i, 1))), Is.EqualTo(32));
        Assert.That(frames.Keep(Frame(1, 1, 2)), Is.True, "one that replaces another takes no room");
        frames.Clear();
        Assert.That(frames.TryTake(100, out _), Is.False);
    }

    private static RowFrame Frame(ulong after, ulong first, int rows)
    {
        byte[] bytes = new byte[RowFrame.HeaderBytes + (rows * Spec.StrideBytes)];
        RowFrame.Seal(bytes, Spec, 1, 0, after, first);
        return RowFrame.Of(bytes);
    }
}
