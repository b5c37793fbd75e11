using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Inspection;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.TestChild;

namespace Reacher.Fast.Replay.Tests.Faults;

/// <summary>
/// The machine loses power while a replay is written, and the run goes on afterwards. Rows are shorter than a page and lie
/// across its borders, so some come back as the front of one row and the back of another, under a stamp that looks published.
/// </summary>
public sealed class PowerLossTests
{
    private const int Drawn = 2560;
    private static readonly int[] Capacities = [1_000, 4_000, 20_000];
    private static readonly ReplayOptions Overwriting = new() { Overwrite = true };

    [Test]
    public void Every_replay_opens_and_no_torn_row_is_drawn([Values] bool late) => LosePowerAgainAndAgain(150, late);

    [Test]
    [Category("Stress")]
    [Explicit("A quarter of an hour each: dotnet test -c Release tests/Reacher.Fast.Replay.Tests --filter TestCategory=Stress")]
    public void Of_a_hundred_thousand_replays_every_one_opens_and_no_torn_row_is_drawn([Values] bool late) =>
        LosePowerAgainAndAgain(50_000, late);

    [Test]
    public void What_is_told_is_what_was_lost()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        string path = folder["replay"];
        Fill(path, capacity: 1_000, rows: 1_500);
        long written;
        using (ReplayFile replay = ReplayFile.Open(path, Provenance.Spec))
        {
            written = replay.WrittenRows;
            Assert.That(replay.Repair, Is.Null, "nothing was lost");
            Span<byte> rows = replay.File.Bytes(ReplayLayout.RowsOffset, 1_000 * Provenance.Spec.StrideBytes);
            rows[(7 * Provenance.Spec.StrideBytes) + 100] ^= 1;
            rows[(8 * Provenance.Spec.StrideBytes) + 3] ^= 1;
            replay.File.Word(ReplayLayout.TailOffset).WriteRelease(1_400);
        }

        using ReplayFile repaired = ReplayFile.Open(path, Provenance.Spec);
        Assert.That(repaired.Repair, Is.EqualTo(new ReplayRepair(WholeRows: 998, LostRows: 2, WrittenRowsBefore: 1_400, WrittenRows: written)));
        Assert.That(ReplayVerifier.Verify(repaired), Is.EqualTo(new ReplayVerification(1_000, 998, 2, 0, 0, 0, 0, -1)));
    }

    [Test]
    public void Only_the_first_to_open_a_replay_repairs_it_and_one_who_judges_it_does_not()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        string path = folder["replay"];
        Fill(path, capacity: 1_000, rows: 1_500);
        ReplayOptions asItIs = new() { Repair = false };
        using ReplayFile judged = ReplayFile.Open(path, Provenance.Spec, asItIs);
        Span<byte> row = judged.File.Bytes(ReplayLayout.RowsOffset, Provenance.Spec.StrideBytes);
        using (ReplayFile first = ReplayFile.Open(path, Provenance.Spec))
        {
            row[100] ^= 1;
            using ReplayFile second = ReplayFile.Open(path, Provenance.Spec);
            Assert.That(second.Repair, Is.Null, "the rows of a file in use are its writers'");
        }

        Assert.That(ReplayVerifier.Verify(judged).BadChecksums, Is.EqualTo(1));
        using ReplayFile next = ReplayFile.Open(path, Provenance.Spec);
        Assert.That(next.Repair?.LostRows, Is.EqualTo(1), "one who judges a file does not use it");
    }

    [Test]
    public void A_replay_with_next_to_no_whole_row_begins_anew()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        string path = folder["replay"];
        Fill(path, capacity: 1_000, rows: 1_500);
        byte[] content = File.ReadAllBytes(path);
        // One row in ten is left, in which a sampler would look for a batch in vain.
        content.AsSpan((int)ReplayLayout.RowsOffset + (100 * Provenance.Spec.StrideBytes)).Clear();
        File.WriteAllBytes(path, content);
        using ReplayFile replay = ReplayFile.Open(path, Provenance.Spec);
        Assert.That((replay.WrittenRows, replay.Repair?.LostRows), Is.EqualTo((0L, 100L)));
        Write(replay, 200);
        Assert.That(TornRows(replay), Is.Zero);
        Assert.That(ReplayVerifier.Verify(replay).IsClean, Is.True);
    }

    /// <summary>
    /// Loses power, opens the replay as the run does that goes on, draws from it, writes on and draws again. An exception of any kind, a
    /// refusal included, ends the test as failed.
    /// </summary>
    private static void LosePowerAgainAndAgain(int losses, bool late)
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        string path = folder["replay"];
        Random random = new(late ? 8 : 7);
        int torn = 0, tornLater = 0, unclean = 0, wrongCounters = 0, repaired = 0, drawnFrom = 0;
        for (int loss = 0; loss < losses; loss++)
        {
            LosePower(path, late, random);
            using ReplayFile replay = ReplayFile.Open(path, Provenance.Spec);
            repaired += replay.Repair is null ? 0 : 1;
            drawnFrom += replay.WrittenRows > 0 ? 1 : 0;
            unclean += ReplayVerifier.Verify(replay).IsClean ? 0 : 1;
            wrongCounters += NewestRow(replay) == replay.WrittenRows - 1 ? 0 : 1;
            torn += TornRows(replay);
            Write(replay, 10 * Provenance.Streams);
            tornLater += TornRows(replay);
        }

        TestContext.Out.WriteLine($"{losses} losses: {repaired} replays repaired, rows left to draw in {drawnFrom}");
        Assert.That((torn, tornLater, unclean, wrongCounters), Is.EqualTo((0, 0, 0, 0)), "torn rows, later, damaged replays, wrong counters");
        Assert.That(repaired, Is.GreaterThan(losses / 3), "the losses tear rows");
        Assert.That(drawnFrom, Is.GreaterThan(losses / 2), "the losses leave rows");
    }

    private static long NewestRow(ReplayFile replay)
    {
        long newest = -1;
        for (long slot = 0; slot < replay.Capacity; slot++)
        {
            ulong stamp = replay.Slots.ReadStamp(slot);
            newest = Math.Max(newest, RowStamp.IsPublished(stamp) ? (long)RowStamp.PositionOf(stamp) : -1);
        }

        return newest;
    }

    /// <summary>
    /// Writes up to three rounds of a ring. Late: each page is as it was at the loss or at one moment before, which is what a
    /// kernel leaves that writes back every few seconds. Otherwise a page may also be as old as the file.
    /// </summary>
    private static void LosePower(string path, bool late, Random random)
    {
        int capacity = Capacities[random.Next(Capacities.Length)];
        List<byte[]> versions = [];
        using (ReplayFile replay = ReplayFile.Create(path, Provenance.Spec, capacity, Overwriting))
        using (TransitionWriter writer = NewWriter(replay))
        {
            EpisodePlayer player = new(0, 0);
            versions.Add(File.ReadAllBytes(path));
            int steps = random.Next(1, 3 * capacity / Provenance.Streams);
            int first = random.Next(steps), second = random.Next(steps);
            for (int step = 0; step < steps; step++)
            {
                player.Step(writer);
                if (step == first || step == second)
                {
                    versions.Add(File.ReadAllBytes(path));
                }
            }

            versions.Add(File.ReadAllBytes(path));
        }

        double oldShare = random.NextDouble() * random.NextDouble();
        File.WriteAllBytes(path, TornPages.Mix(late ? versions[^2..] : versions, oldShare, random));
    }

    private static int TornRows(ReplayFile replay)
    {
        using ReplaySampler sampler = new(replay, 1);
        using BatchBuffer batch = new(replay.Spec, Drawn);
        // With next to nothing published there may be no batch, which is no torn row.
        return sampler.Sample(batch)
            ? Enumerable.Range(0, Drawn).Count(row => Provenance.Check(batch.View, row, nStep: 1) is not null)
            : 0;
    }

    private static void Write(ReplayFile replay, long rows)
    {
        using TransitionWriter writer = NewWriter(replay);
        EpisodePlayer player = new(0, incarnation: 1);
        for (long end = replay.WrittenRows + rows; replay.WrittenRows < end;)
        {
            player.Step(writer);
        }
    }

    private static void Fill(string path, long capacity, long rows)
    {
        using ReplayFile replay = ReplayFile.Create(path, Provenance.Spec, capacity);
        Write(replay, rows);
    }

    private static TransitionWriter NewWriter(ReplayFile replay) => new(replay, Provenance.Streams, 0, 1, Provenance.Gamma);
}
