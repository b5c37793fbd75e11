using Reacher.Fast.Training.Evaluate;

namespace Reacher.Fast.Training.Tests.Faults;

/// <summary>
/// The supervisor reads the evaluation scores ten times a second, whatever their writer does just then. On a full disk a writer
/// keeps having part of a line accepted, and cuts that off again: the file is shorter than it was a moment ago.
/// </summary>
public sealed class EvaluationRaceTests
{
    private const int Reads = 200_000;
    private const int Lines = 20;

    [Test]
    [Category("Stress")]
    [Explicit("reads 200,000 times: dotnet test -c Release tests/Reacher.Fast.Training.Tests --filter TestCategory=Stress")]
    public void A_reader_beside_a_writer_that_cuts_its_part_off_sees_the_whole_lines()
    {
        using var folder = new TemporaryFolder();
        string path = folder["evaluations.jsonl"];
        using (var log = new EvaluationLog(path, recent: 100))
        {
            for (int episode = 0; episode < Lines; episode++)
            {
                log.Append(new EvaluationRecord(episode, episode, 0.5, 20, 1000, episode, DateTimeOffset.UnixEpoch));
            }
        }

        bool done = false;
        var writer = new Thread(() => WriteAndCut(path, ref done));
        writer.Start();
        int thrown = 0, wrong = 0;
        string first = "nothing";
        try
        {
            for (int read = 0; read < Reads; read++)
            {
                try
                {
                    wrong += EvaluationLog.Read(path).Count == Lines ? 0 : 1;
                }
                catch (IOException error)
                {
                    first = thrown++ == 0 ? error.GetType().Name : first;
                }
            }
        }
        finally
        {
            Volatile.Write(ref done, true);
            writer.Join();
        }

        TestContext.Out.WriteLine($"{Reads} reads: {thrown} threw, first {first}; {wrong} gave other lines than there are");
        Assert.That((thrown, wrong), Is.EqualTo((0, 0)), "reads that threw, and that gave other lines than there are");
    }

    /// <summary>What <see cref="EvaluationLog.Append"/> does to the file when the disk has room for a part only.</summary>
    private static void WriteAndCut(string path, ref bool done)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        long whole = stream.Length;
        byte[] part = "{\"episode\":20,\"sco"u8.ToArray();
        while (!Volatile.Read(ref done))
        {
            stream.Position = whole;
            stream.Write(part);
            stream.SetLength(whole);
        }
    }
}
