using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Inspection;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.TestChild;

namespace Reacher.Fast.Replay.Tests;

/// <summary>n-step accumulation in one process: which rows exist, and what is in them.</summary>
public sealed class TransitionWriterTests
{
    private static readonly TransitionSpec Scalar = new(1, 1);

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    [TestCase(20)]
    public void Every_row_that_should_exist_exists_once_and_is_right(int nStep)
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], Provenance.Spec, 20_000);
        using TransitionWriter writer = new(replay, Provenance.Streams, 0, nStep, Provenance.Gamma);
        EpisodePlayer player = new(0, 0);
        long rows = 0;
        const int Steps = 500;
        for (int i = 0; i < Steps; i++)
        {
            rows += player.Step(writer);
        }

        Assert.That(rows, Is.EqualTo(Expected(nStep, Steps)));
        Assert.That(replay.WrittenRows, Is.EqualTo(rows));
        Assert.That(ReplayVerifier.Verify(replay).Published, Is.EqualTo(rows));
        using ReplaySampler sampler = new(replay, 3, validateChecksums: true);
        using BatchBuffer batch = new(Provenance.Spec, 50_000);
        Assert.That(sampler.Sample(batch), Is.True);
        for (int i = 0; i < batch.Count; i++)
        {
            Assert.That(Provenance.Check(batch.View, i, nStep), Is.Null);
        }
    }

    [TestCase(false, 0f)]
    [TestCase(true, 0.25f)]
    public void An_episode_shorter_than_n_is_flushed_with_the_shorter_power_of_gamma(bool truncated, float lastDiscountOfTwo)
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], Scalar, 10);
        using TransitionWriter writer = new(replay, 1, 0, 5, 0.5f);
        Assert.That(Step(writer, 0, 1, false, false, false, 1, 0), Is.Zero);
        Assert.That(Step(writer, 1, 2, !truncated, truncated, false, 100, 2), Is.EqualTo(2));
        float[] rows = Rows(replay);
        // observation, action, reward, discount, next observation
        Assert.That(rows, Is.EqualTo((float[])[0, 0, 1 + (0.5f * 2), lastDiscountOfTwo, 2, 1, 0, 2, truncated ? 0.5f : 0, 2]));
    }

    [Test]
    public void Terminated_wins_over_truncated()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], Scalar, 10);
        using TransitionWriter writer = new(replay, 1, 0, 1, 0.5f);
        Step(writer, 0, 1, true, true, false, 100, 1);
        Assert.That(Rows(replay), Is.EqualTo((float[])[0, 0, 1, 0, 1]));
    }

    [TestCase(1, 2)]
    [TestCase(3, 0)]
    public void Nothing_is_written_across_a_lost_transition(int nStep, int before)
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], Scalar, 10);
        using TransitionWriter writer = new(replay, 1, 0, nStep, 0.5f);
        int rows = Step(writer, 0, 1, false, false, false, 1, 0) + Step(writer, 1, 1, false, false, false, 2, 0);
        Assert.That(rows, Is.EqualTo(before));
        Assert.That(Step(writer, 2, 1, false, false, true, 50, 0), Is.Zero);
        rows = 0;
        for (int i = 0; i < nStep; i++)
        {
            rows += Step(writer, 50 + i, 1, false, false, false, 51 + i, 0);
        }

        Assert.That(rows, Is.EqualTo(1));
        Assert.That(Rows(replay)[^5], Is.EqualTo(50));
    }

    [Test]
    public void Writing_and_sampling_allocate_nothing()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], Provenance.Spec, 1_000);
        using TransitionWriter one = new(replay, Provenance.Streams, 0, 1, Provenance.Gamma);
        using TransitionWriter five = new(replay, Provenance.Streams, 0, 5, Provenance.Gamma);
        EpisodePlayer player = new(0, 0);
        using ReplaySampler sampler = new(replay, 1);
        using ReplaySampler checking = new(replay, 2, validateChecksums: true);
        using BatchBuffer batch = new(Provenance.Spec, 256);
        Allocations.AssertNone(300, () =>
        {
            player.Step(one);
            player.Step(five);
            sampler.Sample(batch);
            checking.Sample(batch);
        });
    }

    [Test]
    public void A_writer_larger_than_the_ring_is_refused()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], Scalar, 10);
        Assert.That(() => new TransitionWriter(replay, 3, 0, 4, 0.9f), Throws.InstanceOf<MappedFileException>());
    }

    [Test]
    public void A_sampler_goes_on_from_its_saved_state()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], Provenance.Spec, 500);
        using TransitionWriter writer = new(replay, Provenance.Streams, 0, 1, Provenance.Gamma);
        EpisodePlayer player = new(0, 0);
        for (int i = 0; i < 20; i++)
        {
            player.Step(writer);
        }

        using ReplaySampler first = new(replay, 9);
        using ReplaySampler second = new(replay, 10);
        using BatchBuffer a = new(Provenance.Spec, 64);
        using BatchBuffer b = new(Provenance.Spec, 64);
        first.Sample(a);
        second.State = first.State;
        first.Sample(a);
        second.Sample(b);
        Assert.That(b.Observations.SequenceEqual(a.Observations), Is.True);
        Assert.That(() => second.State = default, Throws.ArgumentException);
    }

    [Test]
    public void Draws_are_uniform_over_what_is_published()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], Scalar, 64, new ReplayOptions { FirstPosition = 50 });
        using TransitionWriter writer = new(replay, 1, 0, 1, 1);
        int[] counts = new int[100];
        for (int i = 0; i < 40; i++)
        {
            Step(writer, i, 0, false, false, false, i + 1, 0);
        }

        const int Draws = 40_000;
        using ReplaySampler sampler = new(replay, 4);
        using BatchBuffer batch = new(Scalar, Draws);
        sampler.Sample(batch);
        foreach (float observation in batch.Observations)
        {
            counts[(int)observation]++;
        }

        // 39 degrees of freedom: chi-square above 80 has a probability below 1e-4, and the seed is fixed.
        double chiSquare = counts.Take(40).Sum(count => Math.Pow(count - 1000, 2) / 1000);
        Assert.That(chiSquare, Is.LessThan(80));
        Assert.That(counts.Take(40).Sum(), Is.EqualTo(Draws));
    }

    private static int Step(
        TransitionWriter writer, float observation, float reward, bool terminated, bool truncated, bool lost, float next, float final) =>
        writer.Write([observation], [0], [reward], [terminated], [truncated], [lost], [next], [final]);

    /// <summary>All rows' payloads in order.</summary>
    private static float[] Rows(ReplayFile replay)
    {
        List<float> rows = [];
        for (long slot = 0; slot < replay.Count; slot++)
        {
            Span<byte> payload = replay.File.Bytes(
                Format.ReplayLayout.RowsOffset + (slot * replay.Spec.StrideBytes) + TransitionSpec.RowHeaderBytes, replay.Spec.PayloadBytes);
            rows.AddRange(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(payload));
        }

        return [.. rows];
    }

    /// <summary>Counts, by the definition, the rows that the player's first steps complete.</summary>
    private static long Expected(int nStep, int steps)
    {
        long rows = 0;
        for (int stream = 0; stream < Provenance.Streams; stream++)
        {
            int time = 0;
            for (int episode = 0; time < steps; episode++)
            {
                int length = Provenance.Length(stream, episode);
                bool lost = Provenance.EndOf(stream, episode) == Provenance.End.Lost;
                for (int t = 0; t < length; t++)
                {
                    int completes = Math.Min(t + nStep, length);
                    bool exists = !lost || t + nStep < length;
                    rows += exists && time + completes <= steps ? 1 : 0;
                }

                time += length;
            }
        }

        return rows;
    }
}
