using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Weights;

namespace Reacher.Fast.Replay.Tests.Faults;

/// <summary>
/// A weight channel after a loss of power, and after worse. Each block's floats all are its version, so that one look tells
/// whether what is read is one block or a mixture.
/// </summary>
public sealed class TornWeightsTests
{
    private const int Losses = 10_000;
    private const int AfterLoss = 100;

    [Test]
    [Category("Stress")]
    [Explicit("A quarter of a minute: dotnet test -c Release tests/Reacher.Fast.Replay.Tests --filter TestCategory=Stress")]
    public void No_mixture_is_read_and_the_next_publication_always_is()
    {
        using TempFolder folder = new();
        string path = folder.File("weights");
        Random random = new(9);
        int refused = 0, read = 0, unread = 0;
        for (int loss = 0; loss < Losses; loss++)
        {
            int floats = random.Next(100, 40_000);
            File.WriteAllBytes(path, Damaged(path, floats, random));
            try
            {
                using WeightChannel channel = WeightChannel.Open(path, floats, TimeSpan.Zero);
                if (ReadsWhole(channel))
                {
                    read++;
                }
                else
                {
                    unread++;
                }
            }
            catch (MappedFileException refusal)
            {
                Assert.That(refusal.Message, Does.Contain(path).And.EndsWith("."));
                refused++;
            }
        }

        TestContext.Out.WriteLine($"{Losses} losses: {read} channels read, {unread} without a whole block, {refused} refused");
        Assert.That(read, Is.GreaterThan(Losses / 10), "the losses leave readable channels");
        Assert.That(unread, Is.GreaterThan(Losses / 10), "the losses tear blocks");
    }

    /// <summary>Reads, publishes as a restarted learner does, and reads again. Whether there was a block before.</summary>
    private static bool ReadsWhole(WeightChannel channel)
    {
        float[] block = new float[channel.FloatCount];
        long seen = 0;
        bool found = channel.TryRead(block, ref seen, out long version);
        if (found)
        {
            AssertIs(block, version);
        }

        channel.Publish(Block(channel.FloatCount, AfterLoss), AfterLoss);
        Assert.That(channel.TryRead(block, ref seen, out version), Is.True, "a new publication is there to be read");
        Assert.That(version, Is.EqualTo(AfterLoss));
        AssertIs(block, version);
        return found;
    }

    /// <summary>A few publications, a loss of power, and sometimes what disks and copies do besides: a bit, a cut.</summary>
    private static byte[] Damaged(string path, int floats, Random random)
    {
        List<byte[]> versions = [];
        using (WeightChannel channel = WeightChannel.Create(path, floats, overwrite: true))
        {
            versions.Add(File.ReadAllBytes(path));
            int publications = random.Next(1, 12);
            for (int version = 1; version <= publications; version++)
            {
                channel.Publish(Block(floats, version), version);
                versions.Add(File.ReadAllBytes(path));
            }
        }

        byte[] damaged = TornPages.Mix(versions, random.NextDouble() * random.NextDouble(), random);
        if (random.Next(3) == 0)
        {
            TornPages.FlipBit(damaged, random.Next(damaged.Length), random);
        }

        return random.Next(10) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
    }

    private static float[] Block(int floats, float value)
    {
        float[] block = new float[floats];
        Array.Fill(block, value);
        return block;
    }

    private static void AssertIs(float[] block, long version) =>
        Assert.That(block.AsSpan().IndexOfAnyExcept(version), Is.EqualTo(-1), $"a float of another version than {version}");
}
