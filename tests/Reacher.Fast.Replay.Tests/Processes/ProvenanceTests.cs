using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Inspection;
using Reacher.Fast.TestChild;

namespace Reacher.Fast.Replay.Tests.Processes;

/// <summary>
/// Many processes on a ring so small that it goes round hundreds of times: every sampled row must be whole, and its next
/// observation its own stream's. The same test is run on planted bugs and must catch each.
/// </summary>
public sealed class ProvenanceTests
{
    private const long Capacity = 2048;

    [TestCase(1)]
    [TestCase(5)]
    public void Every_sampled_row_is_whole_and_its_successor_is_its_own_stream_s(int nStep) =>
        Run(writers: 3, readers: 2, nStep, rows: 300_000, rounds: 100);

    [TestCase(1)]
    [TestCase(5)]
    public void The_same_holds_where_rows_are_not_streamed(int nStep) =>
        Run(writers: 3, readers: 2, nStep, rows: 300_000, rounds: 100, PlantedBugs.NotStreamed);

    [TestCase(1)]
    [TestCase(5)]
    [Category("Stress")]
    [Explicit("dotnet test -c Release tests/Reacher.Fast.Replay.Tests --filter FullyQualifiedName~Stress_fifty; minutes on two cores")]
    public void Stress_fifty_million_rows_from_eight_writers_to_four_readers(int nStep) =>
        Run(writers: 8, readers: 4, nStep, rows: 50_000_000, rounds: 400);

    [TestCase(PlantedBugs.StampFirst)]
    [TestCase(PlantedBugs.NoRecheck)]
    [TestCase(PlantedBugs.NextRowAsSuccessor)]
    [TestCase(PlantedBugs.NoFence)]
    public void The_same_test_catches_a_planted(string bug)
    {
        if (bug == PlantedBugs.NoFence && !RowSlots.CanStream)
        {
            Assert.Ignore("This processor does not stream rows.");
        }

        using ReplayCrowd crowd = new(writerCount: 3, readerCount: 2, capacity: 128, nStep: 1, bug);
        crowd.Await("the planted bug to be caught", () => crowd.Violations > 0);
        Assert.That(crowd.Stop(), Does.Contain("reader"));
    }

    [Test]
    public void The_same_test_passes_without_a_bug_on_a_ring_as_small()
    {
        using ReplayCrowd crowd = new(writerCount: 3, readerCount: 2, capacity: 128, nStep: 1);
        crowd.Await("rows", () => crowd.CheckedRows >= 50_000 && crowd.Replay.WrittenRows >= 2000 * crowd.Replay.Capacity);
        Assert.That(crowd.Violations, Is.Zero);
        Assert.That(crowd.Stop(), Is.Empty);
    }

    [TestCase(uint.MaxValue - 50_000L)]
    [TestCase(long.MaxValue - 30_000_000_000L)]
    public void Positions_far_from_zero_change_nothing(long firstPosition)
    {
        using ReplayCrowd crowd = new(writerCount: 2, readerCount: 1, capacity: 1000, nStep: 3, firstPosition: firstPosition);
        crowd.Await("rows", () => crowd.CheckedRows >= 50_000 && crowd.Replay.WrittenRows >= 200_000);
        Assert.That(crowd.Violations, Is.Zero);
        Assert.That(crowd.Stop(), Is.Empty);
        Assert.That(ReplayVerifier.Verify(crowd.Replay).IsClean, Is.True);
    }

    private static void Run(int writers, int readers, int nStep, long rows, long rounds, string variant = PlantedBugs.None)
    {
        using ReplayCrowd crowd = new(writers, readers, Capacity, nStep, variant);
        crowd.Await(
            "enough rows",
            () => crowd.Violations > 0 || (crowd.CheckedRows >= rows && crowd.Replay.WrittenRows >= rounds * Capacity),
            TimeSpan.FromMinutes(20));
        string errors = crowd.Stop();
        TestContext.Out.WriteLine(
            $"{crowd.CheckedRows} rows checked, {crowd.Violations} wrong, {crowd.Replay.WrittenRows / Capacity} rounds, longest wait " +
            $"{crowd.LongestWait} ms, {crowd.DroppedRows} rows dropped.");
        Assert.That(crowd.Violations, Is.Zero);
        Assert.That(errors, Is.Empty);
        Assert.That(ReplayVerifier.Verify(crowd.Replay).IsClean, Is.True);
    }
}
