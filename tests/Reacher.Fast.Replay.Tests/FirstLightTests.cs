using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Replay.Tests;

public sealed class FirstLightTests
{
    [Test]
    public void What_is_written_is_sampled()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        TransitionSpec spec = new(3, 2);
        using ReplayFile replay = ReplayFile.Create(folder["replay"], spec, 100);
        using TransitionWriter writer = new(replay, 2, 7, 1, 0.9f);
        float[] observations = [1, 2, 3, 11, 12, 13];
        float[] next = [2, 3, 4, 12, 13, 14];
        int rows = writer.Write(observations, [0.1f, 0.2f, 0.3f, 0.4f], [5, 6], [false, true], [false, false], [false, false], next, next);
        Assert.That(rows, Is.EqualTo(2));
        Assert.That(replay.WrittenRows, Is.EqualTo(2));
        using ReplaySampler sampler = new(replay, 1, validateChecksums: true);
        using BatchBuffer batch = new(spec, 64);
        Assert.That(sampler.Sample(batch), Is.True);
        for (int i = 0; i < 64; i++)
        {
            bool second = batch.Observations[i * 3] == 11;
            Assert.That(batch.Rewards[i], Is.EqualTo(second ? 6 : 5));
            Assert.That(batch.Discounts[i], Is.EqualTo(second ? 0 : 0.9f));
            Assert.That(batch.NextObservations[(i * 3) + 2], Is.EqualTo(second ? 14 : 4));
            Assert.That(batch.Actions[i * 2], Is.EqualTo(second ? 0.3f : 0.1f));
        }
    }

    [Test]
    public void An_empty_replay_gives_no_batch()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        TransitionSpec spec = new(3, 2);
        using ReplayFile replay = ReplayFile.Create(folder["replay"], spec, 100);
        using ReplaySampler sampler = new(replay, 1);
        using BatchBuffer batch = new(spec, 4);
        Assert.That(sampler.Sample(batch), Is.False);
    }

    [Test]
    public void Weights_arrive_once()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using WeightChannel channel = WeightChannel.Create(folder["weights"], 1000);
        using WeightChannel reader = WeightChannel.Open(folder["weights"]);
        float[] block = new float[1000];
        long seen = 0;
        Assert.That(reader.TryRead(block, ref seen, out _), Is.False);
        channel.Publish(Enumerable.Range(0, 1000).Select(i => (float)i).ToArray(), 42);
        Assert.That(reader.TryRead(block, ref seen, out long version), Is.True);
        Assert.That(version, Is.EqualTo(42));
        Assert.That(block[999], Is.EqualTo(999));
        Assert.That(reader.TryRead(block, ref seen, out _), Is.False);
    }

    [Test]
    public void The_limiter_holds_both_sides()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ControlBlock control = ControlBlock.Create(folder["control"]);
        control.Limiter.Configure(new RateLimits(0.5, 100, 0, 10));
        ProcessSlot environment = control.Slot(ProcessRole.Environment, 3);
        environment.AddVectorStep(100);
        Assert.That(control.Limiter.MayUpdate(), Is.False);
        environment.AddVectorStep(20);
        Assert.That(control.Limiter.MayUpdate(), Is.True);
        Assert.That(control.Limiter.MayStep(), Is.True);
        environment.AddVectorStep(20);
        Assert.That(control.Limiter.MayStep(), Is.False);
        control.Learner.AddUpdates(20);
        Assert.That(control.Limiter.MayUpdate(), Is.False);
        Assert.That(control.Limiter.MayStep(), Is.True);
    }
}
