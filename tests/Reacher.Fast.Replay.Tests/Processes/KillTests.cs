using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Inspection;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.TestChild;

namespace Reacher.Fast.Replay.Tests.Processes;

/// <summary>SIGKILL to writers and readers, at random moments and at every moment there is; what is left must be whole.</summary>
public sealed class KillTests
{
    private static readonly ReplayOptions AsItIs = new() { Repair = false };

    private const long Capacity = 4096;

    [Test]
    public void Twenty_kills_leave_every_row_whole() => Run(writers: 3, readers: 2, kills: 20, longestWait: null);

    [Test]
    [Category("Stress")]
    [Explicit("dotnet test -c Release tests/Reacher.Fast.Replay.Tests --filter FullyQualifiedName~Stress_two_hundred; minutes on two cores")]
    public void Stress_two_hundred_kills_leave_every_row_whole() => Run(writers: 3, readers: 2, kills: 200, longestWait: 100);

    [TestCase("leased", 0)]
    [TestCase("announced", 0)]
    [TestCase("added", 20)]
    [TestCase("claimed", 20)]
    [TestCase("writing", 20)]
    public void A_writer_that_dies_there_costs_at_most_its_claim_and_nobody_waits(string moment, int claimed)
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], Provenance.Spec, 200);
        using (Writing.TransitionWriter before = NewWriter(replay))
        {
            WriteRounds(replay, before, 1);
        }

        long written = replay.WrittenRows;
        using (ChildProcess child = new("die", replay.Path, moment))
        {
            Assert.That(child.Wait(), Is.Not.Zero, child.Errors);
        }

        Assert.That(replay.WrittenRows - written, Is.EqualTo(claimed));
        using ReplaySampler sampler = new(replay, 5);
        using BatchBuffer batch = new(Provenance.Spec, 1000);
        Assert.That(sampler.Sample(batch), Is.True);
        AssertAllRight(batch);
        ReplayVerification found = ReplayVerifier.Verify(replay);
        Assert.That(found.IsClean, Is.True);
        Assert.That(found.Abandoned, Is.EqualTo(moment == "writing" ? claimed / 2 : 0));

        // Another writer goes round twice: it heals the slots, drops nothing, and the dead lease is free again.
        using Writing.TransitionWriter after = NewWriter(replay);
        WriteRounds(replay, after, 2);
        Assert.That(after.DroppedRows, Is.Zero);
        found = ReplayVerifier.Verify(replay);
        Assert.That((found.Published, found.Abandoned, found.InProgress), Is.EqualTo((200L, 0L, 0L)));
        Assert.That(sampler.Sample(batch), Is.True);
        AssertAllRight(batch);
    }

    [Test]
    public void A_dead_holder_s_lease_is_reused()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], Provenance.Spec, 200);
        using (ChildProcess child = new("die", replay.Path, "claimed"))
        {
            child.Wait();
        }

        Assert.That(new WriterLease(replay.File, 0).Owner.ReadAcquire(), Is.Not.Zero);
        using Writing.RowWriter writer = new(replay, 20, 0);
        Assert.That(writer.LeaseIndex, Is.Zero);
    }

    [Test]
    public void When_every_process_was_killed_counters_and_rows_are_there()
    {
        using ReplayCrowd crowd = new(writerCount: 3, readerCount: 1, capacity: 1_000, nStep: 2);
        crowd.Await("rows", () => crowd.Replay.WrittenRows >= 50_000);
        crowd.KillAll();
        long written = crowd.Replay.WrittenRows;
        long counted = crowd.Control.TotalTransitions;
        using ReplayFile reopened = ReplayFile.Open(crowd.Replay.Path, Provenance.Spec, AsItIs);
        using Replay.Control.ControlBlock control = Replay.Control.ControlBlock.Open(crowd.Control.Path);
        Assert.That(reopened.WrittenRows, Is.EqualTo(written));
        Assert.That(control.TotalTransitions, Is.EqualTo(counted).And.GreaterThan(0));
        ReplayVerification found = ReplayVerifier.Verify(reopened);
        Assert.That(found.IsClean, Is.True);
        Assert.That(found.InProgress, Is.Zero);
        Assert.That(found.Abandoned, Is.LessThanOrEqualTo(3 * 40));
        Assert.That(found.Published + found.Abandoned, Is.EqualTo(1_000));
    }

    private static void Run(int writers, int readers, int kills, long? longestWait)
    {
        Random random = new(12345);
        using ReplayCrowd crowd = new(writers, readers, Capacity, nStep: 3);
        long abandonable = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            // A random amount of progress by all of them, not of time: survivors that wait for the dead would never make it.
            long target = crowd.Replay.WrittenRows + random.NextInt64(1, 20 * Capacity);
            long[] before = [.. Enumerable.Range(0, crowd.Count).Select(i => crowd.Slot(i).VectorSteps)];
            crowd.Await("survivors to go on", () =>
                crowd.Replay.WrittenRows >= target && Enumerable.Range(0, crowd.Count).All(i => crowd.Slot(i).VectorSteps > before[i]));
            int victim = random.Next(crowd.Count);
            abandonable += victim < writers ? Provenance.Streams * 3 : 0;
            crowd.KillAndReplace(victim);
            Assert.That(crowd.Violations, Is.Zero);
        }

        double longest = crowd.LongestWait;
        crowd.KillAll();
        using ReplayFile reopened = ReplayFile.Open(crowd.Replay.Path, options: AsItIs);
        ReplayVerification found = ReplayVerifier.Verify(reopened);
        TestContext.Out.WriteLine(
            $"{kills} kills, {crowd.CheckedRows} rows checked, {crowd.Violations} wrong, {reopened.WrittenRows / Capacity} rounds, longest wait " +
            $"{longest} ms, {crowd.DroppedRows} rows dropped, {found}");
        Assert.That(crowd.Violations, Is.Zero);
        Assert.That(crowd.CheckedRows, Is.GreaterThan(0));
        Assert.That(found.IsClean, Is.True);
        Assert.That(found.InProgress, Is.Zero);
        Assert.That(found.Abandoned, Is.LessThanOrEqualTo(abandonable + (writers * Provenance.Streams * 3)));
        if (longestWait is { } bound)
        {
            Assert.That(longest, Is.LessThanOrEqualTo(bound));
        }
    }

    private static Writing.TransitionWriter NewWriter(ReplayFile replay) => new(replay, Provenance.Streams, 0, 1, Provenance.Gamma);

    private static void WriteRounds(ReplayFile replay, Writing.TransitionWriter writer, int rounds)
    {
        EpisodePlayer player = new(0, 0);
        long target = replay.WrittenRows + (rounds * replay.Capacity) + 20;
        while (replay.WrittenRows < target)
        {
            player.Step(writer);
        }
    }

    private static void AssertAllRight(BatchBuffer batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            Assert.That(Provenance.Check(batch.View, i, 1), Is.Null);
        }
    }
}
