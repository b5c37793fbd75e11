using System.Runtime.InteropServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Replay.Tests;

/// <summary>Rows by position, as a mirror in a GPU's memory copies them.</summary>
public sealed class ReplayRowsTests
{
    [Test]
    public void Rows_come_by_position_and_only_whole_ones_count()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        TransitionSpec spec = new(1, 1);
        using ReplayFile replay = ReplayFile.Create(folder["replay"], spec, 10);
        using TransitionWriter writer = new(replay, 1, 7, 1, 0.9f);
        using ReplayRows rows = new(replay);
        Assert.That(rows.End, Is.EqualTo(rows.First));
        for (int i = 0; i < 14; i++)
        {
            writer.Write([i], [0.5f], [-i], [false], [false], [false], [i + 1], [i + 1]);
        }

        // Rows 0 to 3 have been overwritten by 10 to 13; row 14 is not there yet.
        Assert.That(rows.End - rows.First, Is.EqualTo(14));
        byte[] copied = new byte[11 * spec.StrideBytes];
        Assert.That(rows.Copy(rows.First + 4, 11, copied), Is.EqualTo(10));
        Assert.That(rows.Copy(rows.First + 3, 2, new byte[2 * spec.StrideBytes]), Is.Zero);
        for (int i = 0; i < 11; i++)
        {
            ReadOnlySpan<byte> row = copied.AsSpan(i * spec.StrideBytes, spec.StrideBytes);
            Assert.That(MemoryMarshal.Read<ulong>(row), Is.EqualTo(i < 10 ? (ulong)(rows.First + 4 + i + 1) : 0UL));
            ReadOnlySpan<float> payload = MemoryMarshal.Cast<byte, float>(row[TransitionSpec.RowHeaderBytes..]);
            if (i < 10)
            {
                Assert.That(payload[0], Is.EqualTo(4 + i));
                Assert.That(payload[spec.RewardOffset], Is.EqualTo(-(4 + i)));
                Assert.That(payload[spec.NextObservationOffset], Is.EqualTo(5 + i));
            }
        }

        Assert.That(() => rows.Copy(rows.First, 2, new byte[spec.StrideBytes]), Throws.ArgumentException);
    }
}
