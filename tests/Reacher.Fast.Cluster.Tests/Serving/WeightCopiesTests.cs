using System.Runtime.InteropServices;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Cluster.Serving;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay.Weights;

namespace Reacher.Fast.Cluster.Tests.Serving;

/// <summary>What machines get of the run's weights, piece by piece, while the learner publishes others.</summary>
public sealed class WeightCopiesTests
{
    // Two whole pieces and a part of one.
    private const int Count = (WeightCopy.LongestPiece / 2) + 100;

    [Test]
    public void Pieces_are_of_the_weights_begun_with_though_newer_ones_are_there()
    {
        using var folder = new TemporaryFolder();
        using WeightChannel channel = WeightChannel.Create(folder["weights.map"], Count);
        var time = new ManualTime();
        var copies = new WeightCopies(channel, time);
        Assert.That(copies.Newest(than: 0), Is.Null);

        float[] first = Publish(1);
        WeightAnswer answer = copies.Newest(than: 0)!.Piece(0);
        var bytes = new List<byte>(answer.Piece);
        while (bytes.Count < answer.Length)
        {
            Publish(bytes.Count);
            Assert.That(copies.Newest(answer.Publication)!.Publication, Is.GreaterThan(answer.Publication));
            time.Advance(WeightCopies.Kept);
            bytes.AddRange(copies.Begun(answer.Publication)!.Piece(bytes.Count).Piece);
        }

        Assert.That(bytes, Has.Count.EqualTo(sizeof(float) * Count));
        Assert.That(MemoryMarshal.Cast<byte, float>(bytes.ToArray()).ToArray(), Is.EqualTo(first));
        Assert.That(Checksum.Compute(bytes.ToArray()), Is.EqualTo(answer.Checksum));

        time.Advance(WeightCopies.Kept + TimeSpan.FromSeconds(1));
        Publish(3);
        Assert.That(copies.Newest(answer.Publication), Is.Not.Null);
        Assert.That(copies.Begun(answer.Publication), Is.Null, "nobody has asked for a piece of it for long");

        float[] Publish(float value)
        {
            float[] weights = [.. Enumerable.Range(0, Count).Select(i => value + i)];
            channel.Publish(weights, (long)value);
            return weights;
        }
    }
}
