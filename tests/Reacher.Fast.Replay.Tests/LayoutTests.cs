using System.Reflection;
using System.Runtime.InteropServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Inspection;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Replay.Tests;

/// <summary>docs/replay-format.md as assertions.</summary>
public sealed class LayoutTests
{
    [TestCase(nameof(MappedHeader.Ready), 0)]
    [TestCase(nameof(MappedHeader.ByteOrderMark), 8)]
    [TestCase(nameof(MappedHeader.Version), 12)]
    [TestCase(nameof(MappedHeader.FileLength), 16)]
    [TestCase(nameof(MappedHeader.CreatedUnixMilliseconds), 24)]
    [TestCase(nameof(MappedHeader.CreatorIncarnation), 32)]
    [TestCase(nameof(MappedHeader.CreatorStartTicks), 40)]
    [TestCase(nameof(MappedHeader.CreatorPid), 48)]
    [TestCase(nameof(MappedHeader.ObservationSize), 64)]
    [TestCase(nameof(MappedHeader.ActionSize), 68)]
    [TestCase(nameof(MappedHeader.RowStride), 72)]
    [TestCase(nameof(MappedHeader.LeaseCount), 76)]
    [TestCase(nameof(MappedHeader.Capacity), 80)]
    [TestCase(nameof(MappedHeader.FirstPosition), 88)]
    [TestCase(nameof(MappedHeader.Checksum), 124)]
    public void A_header_field_lies_where_the_format_says(string field, int offset) =>
        Assert.That(Marshal.OffsetOf<MappedHeader>(field).ToInt32(), Is.EqualTo(offset));

    [Test]
    public void The_header_is_blittable_and_128_bytes()
    {
        Assert.That(Marshal.SizeOf<MappedHeader>(), Is.EqualTo(128));
        foreach (FieldInfo field in typeof(MappedHeader).GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            Assert.That(field.FieldType, Is.EqualTo(typeof(uint)).Or.EqualTo(typeof(ulong)), field.Name);
        }
    }

    [Test]
    public void Counters_and_leases_lie_two_lines_apart()
    {
        Assert.That(ReplayLayout.TailOffset % 128, Is.Zero);
        Assert.That(ReplayLayout.LeaseStride % 128, Is.Zero);
        Assert.That(ReplayLayout.LeasesOffset % 4096, Is.Zero);
        Assert.That(ReplayLayout.RowsOffset % 4096, Is.Zero);
        Assert.That(WeightBuffers.PublisherOffset - WeightBuffers.PublishedOffset, Is.EqualTo(128));
    }

    [TestCase(33, 4, 320)]
    [TestCase(1, 1, 64)]
    [TestCase(3, 1, 64)]
    [TestCase(8, 2, 128)]
    public void A_row_s_stride_is_whole_lines(int observation, int action, int stride) =>
        Assert.That(new TransitionSpec(observation, action).StrideBytes, Is.EqualTo(stride));

    [Test]
    public void Sizes_beyond_32_bits_do_not_overflow()
    {
        ReplayLayout layout = new(new TransitionSpec(33, 4), 1L << 40);
        Assert.That(layout.FileBytes, Is.EqualTo(20480 + (320L << 40)));
        Assert.That(() => ReplayFile.RequiredBytes(layout.Spec, long.MaxValue), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCase(33, 4)]
    [TestCase(3, 1)]
    [TestCase(2, 1)]
    public unsafe void A_row_s_checksum_is_CRC32C_of_stamp_stream_and_payload(int observation, int action)
    {
        TransitionSpec spec = new(observation, action);
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], spec, 1);
        byte[] row = new byte[spec.StrideBytes];
        new Random(1).NextBytes(row);
        const ulong Stamp = 0x1234_5678_9ABC_DEF0;
        byte[] summed = [.. BitConverter.GetBytes(Stamp), .. BitConverter.GetBytes(7u),
            .. row.AsSpan(TransitionSpec.RowHeaderBytes, spec.PayloadBytes)];
        fixed (byte* bytes = row)
        {
            Assert.That(replay.Slots.Checksum(bytes, Stamp, 7), Is.EqualTo(Checksum.Compute(summed)));
        }
    }

    [Test]
    public void The_states_of_a_slot_are_distinct()
    {
        ulong[] positions = [0, 1, uint.MaxValue, 1UL << 32, RowStamp.MaximumPosition];
        foreach (ulong position in positions)
        {
            Assert.That(RowStamp.IsPublished(RowStamp.Published(position)), Is.True);
            Assert.That(RowStamp.IsPublished(RowStamp.Writing(position)), Is.False);
            Assert.That(RowStamp.PositionOf(RowStamp.Published(position)), Is.EqualTo(position));
            Assert.That(RowStamp.PositionOf(RowStamp.Writing(position)), Is.EqualTo(position));
        }

        Assert.That(RowStamp.IsPublished(RowStamp.Empty), Is.False);
    }

    [Test]
    public void Rows_of_every_size_are_written_sealed_and_gathered_whole(
        [Values(1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40, 63, 64, 65, 100, 300)] int observation,
        [Values(1, 3, 4, 5, 8, 9, 33)] int action,
        [Values] bool mayStream)
    {
        // Sealed one by one and four at a time; stored one by one, and side by side in one group, two and three; round the end
        // of the ring within groups.
        const int Capacity = 90;
        int[] claims = [1, 3, 4, 7, 12, 20, 33, 70];
        TransitionSpec spec = new(observation, action);
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], spec, Capacity);
        using RowWriter writer = new(replay, claims.Max(), 0);
        if (!mayStream)
        {
            writer.Plant(static (file, staged, start, count) => staged.PublishOneByOne(file.Slots, start, count, file.Capacity));
        }

        float[] row = new float[spec.PayloadFloats];
        float next = 1;
        foreach (int claim in claims)
        {
            for (int i = 0; i < claim; i++)
            {
                for (int k = 0; k < row.Length; k++)
                {
                    row[k] = next++;
                }

                writer.Staged.Compose(
                    i, (uint)i, row.AsSpan(0, observation), row.AsSpan(observation, action), row[^(observation + 2)], row[^(observation + 1)],
                    row.AsSpan(row.Length - observation));
            }

            Assert.That(writer.Publish(claim), Is.EqualTo(claim));
        }

        ReplayVerification found = ReplayVerifier.Verify(replay);
        Assert.That((found.IsClean, found.Published), Is.EqualTo((true, (long)Capacity)));
        using ReplaySampler sampler = new(replay, 1, validateChecksums: true);
        using BatchBuffer batch = new(spec, 50);
        Assert.That(sampler.Sample(batch), Is.True);
        for (int i = 0; i < batch.Count; i++)
        {
            float[] gathered =
            [
                .. batch.Observations.Slice(i * observation, observation), .. batch.Actions.Slice(i * action, action),
                batch.Rewards[i], batch.Discounts[i], .. batch.NextObservations.Slice(i * observation, observation),
            ];
            Assert.That(gathered, Is.EqualTo(Enumerable.Range((int)gathered[0], row.Length).Select(k => (float)k)));
            Assert.That((gathered[0] - 1) % row.Length, Is.Zero);
            Assert.That((int)(gathered[0] - 1) / row.Length, Is.InRange(claims.Sum() - Capacity, claims.Sum() - 1));
        }
    }
}
