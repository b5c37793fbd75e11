using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Inspection;
using Reacher.Fast.Replay.Mapping;
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
    private const int Losses = 1_000;
    private const int Drawn = 2560;
    private static readonly int[] Capacities = [1_000, 4_000, 20_000];
    private static readonly ReplayOptions Overwriting = new() { Overwrite = true };
    private static readonly ReplayOptions Impatient = new() { OpenPatience = TimeSpan.Zero };

    [TestCase(false)]
    [TestCase(true)]
    [Category("Stress")]
    [Explicit("A quarter of a minute each: dotnet test -c Release tests/Reacher.Fast.Replay.Tests --filter TestCategory=Stress")]
    public void What_opens_can_be_judged_drawn_from_with_checksums_and_written_until_it_is_whole(bool late)
    {
        int usable = 0, withTornRows = 0;
        ForEachLoss(late, replay =>
        {
            usable++;
            ReplayVerification found = ReplayVerifier.Verify(replay);
            withTornRows += found.IsClean ? 0 : 1;
            Assert.That(TornRows(replay, validateChecksums: true), Is.Zero);
            // As a resumed run does. Two rounds heal every slot: a tail that fell behind its rows must first catch up with them.
            Write(replay, 2 * replay.Capacity);
            found = ReplayVerifier.Verify(replay);
            Assert.That((found.IsClean, found.Published), Is.EqualTo((true, replay.Capacity)));
            Assert.That(TornRows(replay, validateChecksums: false), Is.Zero);
        });
        TestContext.Out.WriteLine($"{usable} of {Losses} replays opened, {withTornRows} with torn rows, all whole in two rounds");
        Assert.That(withTornRows, Is.GreaterThan(Losses / 20), "the losses tear rows");
    }

    [TestCase(false)]
    [TestCase(true)]
    [Category("FailsToday")]
    [Explicit("fails today: six of ten losses leave a replay from which torn rows are drawn; none should be")]
    public void No_torn_row_is_drawn(bool late)
    {
        int torn = 0, tornReplays = 0, tornLater = 0;
        ForEachLoss(late, replay =>
        {
            int now = TornRows(replay, validateChecksums: false);
            torn += now;
            tornReplays += now > 0 ? 1 : 0;
            Write(replay, 10 * Provenance.Streams);
            tornLater += TornRows(replay, validateChecksums: false) > 0 ? 1 : 0;
        });
        TestContext.Out.WriteLine($"{torn} torn rows drawn from {tornReplays} replays; from {tornLater} after ten more steps");
        Assert.That((torn, tornLater), Is.EqualTo((0, 0)), "torn rows drawn at once; replays that give some after ten steps");
    }

    [TestCase(false)]
    [TestCase(true)]
    [Category("FailsToday")]
    [Explicit("fails today: a quarter is refused, as the row counter is older than some row; all should open")]
    public void Every_replay_opens_again(bool late)
    {
        int opened = 0;
        ForEachLoss(late, _ => opened++);
        Assert.That(opened, Is.EqualTo(Losses), "replays that open; the others are refused");
    }

    /// <summary>Calls back with every replay that opens. A refusal is one sentence; any other exception is a crash.</summary>
    private static void ForEachLoss(bool late, Action<ReplayFile> use)
    {
        using TempFolder folder = new();
        string path = folder.File("replay");
        Random random = new(late ? 8 : 7);
        Dictionary<string, int> refusals = [];
        for (int loss = 0; loss < Losses; loss++)
        {
            LosePower(path, late, random);
            try
            {
                using ReplayFile replay = ReplayFile.Open(path, Provenance.Spec, Impatient);
                use(replay);
            }
            catch (MappedFileException refusal)
            {
                Assert.That(refusal.Message, Does.Contain(path).And.EndsWith("."));
                refusals[refusal.Message] = refusals.GetValueOrDefault(refusal.Message) + 1;
            }
        }

        foreach ((string message, int count) in refusals)
        {
            TestContext.Out.WriteLine($"{count} of {Losses} refused: {message}");
        }
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

    private static int TornRows(ReplayFile replay, bool validateChecksums)
    {
        using ReplaySampler sampler = new(replay, 1, validateChecksums);
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

    private static TransitionWriter NewWriter(ReplayFile replay) => new(replay, Provenance.Streams, 0, 1, Provenance.Gamma);
}
