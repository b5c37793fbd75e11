using System.Runtime.InteropServices;
using Reacher.Fast.Core;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Tests.Processes;
using Reacher.Fast.Replay.Weights;

namespace Reacher.Fast.Replay.Tests.Weights;

public sealed class WeightChannelTests
{
    [Test]
    public void Readers_in_other_processes_never_see_a_mixture_nor_an_older_block_even_when_the_publisher_is_killed()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using WeightChannel channel = WeightChannel.Create(folder["weights"], 20_000);
        using ControlBlock control = ControlBlock.Create(folder["control"]);
        using ChildProcess reader = new("read-weights", channel.Path, control.Path, "0");
        ProcessSlot readerSlot = control.Slot(ProcessRole.Evaluation, 0);
        for (int kill = 0; kill < 4; kill++)
        {
            using ChildProcess publisher = new("publish-weights", channel.Path, control.Path, long.MaxValue.ToString());
            Wait.Until(() => control.Learner.Pid == publisher.Id, () => "the publisher");
            long published = channel.PublishedCount;
            long read = readerSlot.Transitions;
            Wait.Until(
                () => channel.PublishedCount > published + 500 && readerSlot.Transitions > read + 200, () => "publications and reads");
            publisher.Kill();
        }

        // The dead publisher's last whole block still stands.
        float[] block = new float[20_000];
        long seen = 0;
        Assert.That(channel.TryRead(block, ref seen, out long version), Is.True);
        Assert.That(block, Is.All.EqualTo(version & 0xFFFFFF));
        control.RequestStop(StopReason.Interrupted);
        Assert.That(reader.Wait(), Is.Zero, reader.Errors);
        Assert.That(readerSlot.Updates, Is.Zero);
    }

    [Test]
    public void A_publication_cut_short_leaves_the_last_one_readable()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using WeightChannel channel = WeightChannel.Create(folder["weights"], 100);
        channel.Publish(Block(1), 1);
        channel.Publish(Block(2), 2);
        // What a publisher leaves that dies in P3: the odd stamp and half the floats of publication 3.
        using MappedFile raw = MappedFile.Open(channel.Path);
        raw.Word(BufferOffset(1, 100)).WriteRelease(7);
        raw.Bytes(BufferOffset(1, 100) + 128, 200).Fill(0xAA);
        float[] block = new float[100];
        long seen = 0;
        Assert.That(channel.TryRead(block, ref seen, out long version), Is.True);
        Assert.That((version, block[99]), Is.EqualTo((2L, 2f)));
        channel.Publish(Block(3), 3);
        Assert.That(channel.TryRead(block, ref seen, out version), Is.True);
        Assert.That(block, Is.All.EqualTo(3f));
    }

    [Test]
    public void A_block_with_a_flipped_bit_is_not_delivered()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using WeightChannel channel = WeightChannel.Create(folder["weights"], 100);
        channel.Publish(Block(1), 1);
        using MappedFile raw = MappedFile.Open(channel.Path);
        raw.Bytes(BufferOffset(1, 100) + 128, 4)[1] ^= 1;
        long seen = 0;
        Assert.That(channel.TryRead(new float[100], ref seen, out _), Is.False);
        Assert.That(seen, Is.Zero);
    }

    [Test]
    public void A_planted_mixture_of_two_versions_is_caught()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using WeightChannel channel = WeightChannel.Create(folder["weights"], 100);
        channel.Publish(Block(1), 1);
        channel.Publish(Block(2), 2);
        using MappedFile raw = MappedFile.Open(channel.Path);
        // Half of version 1 in version 2's buffer, under its stamp: what a reader without protection would take for version 2.
        Span<byte> newest = raw.Bytes(BufferOffset(0, 100) + 128, 400);
        raw.Bytes(BufferOffset(1, 100) + 128, 200).CopyTo(newest);
        ReadOnlySpan<float> unprotected = MemoryMarshal.Cast<byte, float>(newest);
        Assert.That((unprotected[0], unprotected[99]), Is.EqualTo((1f, 2f)));
        long seen = 0;
        Assert.That(channel.TryRead(new float[100], ref seen, out _), Is.False);
        Assert.That(seen, Is.Zero);
    }

    [Test]
    public void A_torn_block_under_an_unchanged_stamp_is_not_delivered()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using WeightChannel channel = WeightChannel.Create(folder["weights"], 100);
        channel.Publish(Block(1), 1);
        using MappedFile raw = MappedFile.Open(channel.Path);
        raw.Word(BufferOffset(1, 100)).WriteRelease(3);
        long seen = 0;
        Assert.That(channel.TryRead(new float[100], ref seen, out _), Is.False);
    }

    [Test]
    public void Only_one_living_process_publishes()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using WeightChannel channel = WeightChannel.Create(folder["weights"], 100);
        using ControlBlock control = ControlBlock.Create(folder["control"]);
        using ChildProcess publisher = new("publish-weights", channel.Path, control.Path, long.MaxValue.ToString());
        Wait.Until(() => channel.PublishedCount > 0, () => "a publication");
        Assert.That(() => channel.Publish(Block(1), 1), Throws.InvalidOperationException.With.Message.Contains("publishes"));
        publisher.Kill();
        Assert.That(() => channel.Publish(Block(1), 1), Throws.Nothing);
    }

    [Test]
    public void Publishing_and_reading_allocate_nothing()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using WeightChannel channel = WeightChannel.Create(folder["weights"], 100);
        float[] block = Block(1);
        long seen = 0;
        Allocations.AssertNone(100, () =>
        {
            channel.Publish(block, 1);
            channel.TryRead(block, ref seen, out _);
        });
    }

    [Test]
    public void Other_sizes_and_damage_are_one_sentence()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        string path = folder["weights"];
        WeightChannel.Create(path, 100).Dispose();
        Assert.That(() => WeightChannel.Open(path, 101), Throws.InstanceOf<InputException>().With.Message.Contains("100 floats"));
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^64]);
        Assert.That(() => WeightChannel.Open(path), Throws.InstanceOf<InputException>().With.Message.Contains("truncated"));
        bytes[70] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.That(() => WeightChannel.Open(path), Throws.InstanceOf<InputException>().With.Message.Contains("damaged"));
    }

    private static float[] Block(float value)
    {
        float[] block = new float[100];
        Array.Fill(block, value);
        return block;
    }

    private static long BufferOffset(int buffer, int floats) =>
        MappedHeader.PageBytes + (buffer * (WeightBuffers.FileBytes(floats) - MappedHeader.PageBytes) / 2);
}
