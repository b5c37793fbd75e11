using CommunityToolkit.HighPerformance.Buffers;
using Google.Protobuf;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Messages.V150;
using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>The fast way to read a step's message against the clear one.</summary>
public sealed class StepScanTests
{
    private const int Mutations = 50_000;

    [TestCase(ProtocolGeneration.Api4)]
    [TestCase(ProtocolGeneration.V150)]
    public void What_the_scan_reads_is_what_the_parser_reads(ProtocolGeneration generation)
    {
        Samples samples = Samples.Of(generation);
        TrainerDialect parser = Greeted(samples);
        var scan = new StepScan(parser.Behavior!, isApi4: generation == ProtocolGeneration.Api4);
        PlayerReport fast = new(), clear = new();
        var random = new Random(14);
        byte[] ended = generation == ProtocolGeneration.Api4 ? samples.Ended : WithoutStatistics(samples.Ended);
        int read = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] whole = i % 2 == 0 ? samples.Stepped : ended;
            byte[] message = i % 100 < 2 ? whole : Mutation.Of(whole, random);
            fast.Clear();
            if (scan.TryRead(message, fast))
            {
                read++;
                clear.Clear();
                parser.Parse(message, clear);
                AssertEqual(fast, clear);
            }
            else
            {
                Assert.That(i % 100, Is.GreaterThan(1), "a message of our own is read");
            }
        }

        Assert.That(read, Is.GreaterThan(Mutations / 20), "mutations of numbers are read");
    }

    [TestCase(ProtocolGeneration.Api4)]
    [TestCase(ProtocolGeneration.V150)]
    public void To_read_a_step_and_to_answer_it_allocates_nothing(ProtocolGeneration generation)
    {
        Samples samples = Samples.Of(generation);
        TrainerDialect dialect = Greeted(samples);
        var report = new PlayerReport();
        using var reply = new ArrayPoolBufferWriter<byte>();
        float[] actions = new float[8];
        long allocated = Allocations.Least(100, () =>
        {
            dialect.Read(samples.Stepped, report);
            dialect.WriteStep(reply, [0, 1], actions);
        });

        // What is left is the generated writer's: a stream object for each message that leaves (56 bytes with Google.Protobuf 3.25.1).
        Assert.That(allocated, Is.LessThanOrEqualTo(100 * 64));
    }

    [Test]
    public void What_is_rare_is_left_to_the_parser()
    {
        Samples samples = Samples.Of(ProtocolGeneration.V150);
        TrainerDialect dialect = Greeted(samples);
        var report = new PlayerReport();
        dialect.Read(samples.First, report);
        Assert.That(report.Count, Is.EqualTo(2), "with the announcement of its behaviour");
        dialect.Read(samples.Ended, report);
        Assert.That((report.Count, report.Statistics.Count), Is.EqualTo((4, 1)), "with a statistic");
        byte[] closing = [0x0A, 0x03, 0x08, 0x90, 0x03];
        Assert.That(() => dialect.Read(closing, report), Throws.TypeOf<PlayerLostException>()
            .With.Message.Contains("status 400"));
        Assert.That(() => dialect.Read([0xFF], report), Throws.TypeOf<PlayerLostException>()
            .With.Message.Contains("not ML-Agents'"));
    }

    private static TrainerDialect Greeted(Samples samples)
    {
        TrainerDialect dialect = TrainerDialect.ForPath(samples.Path);
        dialect.ReadHello(samples.Hello);
        dialect.Read(samples.First, new PlayerReport());
        return dialect;
    }

    private static byte[] WithoutStatistics(byte[] message)
    {
        UnityMessageProto parsed = UnityMessageProto.Parser.ParseFrom(message);
        parsed.UnityOutput.RlOutput.SideChannel = ByteString.Empty;
        return parsed.ToByteArray();
    }

    private static void AssertEqual(PlayerReport fast, PlayerReport clear)
    {
        bool same = fast.Count == clear.Count && fast.GlobalDone == clear.GlobalDone;
        for (int i = 0; same && i < fast.Count; i++)
        {
            same = fast.Ids[i] == clear.Ids[i] &&
                BitConverter.SingleToInt32Bits(fast.Rewards[i]) == BitConverter.SingleToInt32Bits(clear.Rewards[i]) &&
                fast.Done[i] == clear.Done[i] && fast.Interrupted[i] == clear.Interrupted[i];
            for (int k = 0; same && k < fast.ObservationSize; k++)
            {
                same = BitConverter.SingleToInt32Bits(fast.Observation(i)[k]) == BitConverter.SingleToInt32Bits(clear.Observation(i)[k]);
            }
        }

        Assert.That(same);
    }
}
