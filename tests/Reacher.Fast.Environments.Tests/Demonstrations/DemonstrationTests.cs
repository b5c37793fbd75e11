using CsCheck;
using Reacher.Fast.Environments.Demonstrations;

namespace Reacher.Fast.Environments.Tests.Demonstrations;

public sealed class DemonstrationTests
{
    [Test]
    public void What_was_written_is_read([Values] bool packed)
    {
        DemonstrationWriter writer = new() { Packed = packed };
        writer.Add([1, 2, 3], [0.5f, -0.5f]);
        writer.Add([4, 5, 6], [0.25f, -0f], reward: 0.04f);
        writer.Add([7, 8, 9], [1, -1], reward: 0.01f, done: true);
        Demonstration read = Demonstration.Parse(writer.ToArray());
        Assert.That(read.Name, Is.EqualTo("made by a test"));
        Assert.That((read.Count, read.ObservationSize, read.ActionSize), Is.EqualTo((3, 3, 2)));
        Assert.That(read.Observation(1).ToArray(), Is.EqualTo(new float[] { 4, 5, 6 }));
        Assert.That(read.Action(2).ToArray(), Is.EqualTo(new float[] { 1, -1 }));
        Assert.That(read.Rewards.ToArray(), Is.EqualTo(new[] { 0, 0.04f, 0.01f }));
        Assert.That(read.Done.ToArray(), Is.EqualTo(new[] { false, false, true }));
        Assert.That(read.MaxStepReached.ToArray(), Is.EqualTo(new[] { false, false, true }));
    }

    [Test]
    public void A_recording_that_was_never_closed_is_read_to_its_end()
    {
        DemonstrationWriter writer = new();
        writer.Add([1], [2]);
        writer.Add([3], [4]);
        Assert.That(Demonstration.Parse(writer.ToArray(claimed: 0, closed: false)).Count, Is.EqualTo(2));
    }

    [Test]
    public void A_recording_with_fewer_records_than_its_head_says_is_refused()
    {
        DemonstrationWriter writer = new();
        writer.Add([1], [2]);
        Assert.That(() => Demonstration.Parse(writer.ToArray(claimed: 2, closed: false)), Refused("1 records"));
    }

    [Test]
    public void Records_of_other_sizes_are_refused()
    {
        DemonstrationWriter writer = new();
        writer.Add([1, 2], [2]);
        writer.Add([1], [2]);
        Assert.That(() => Demonstration.Parse(writer.ToArray()), Refused("has 1 observations"));
    }

    [Test]
    public void A_record_without_an_action_is_refused()
    {
        DemonstrationWriter writer = new();
        writer.Add([1, 2], []);
        Assert.That(() => Demonstration.Parse(writer.ToArray()), Refused("no action"));
    }

    [Test]
    public void A_record_with_too_many_floats_is_refused()
    {
        DemonstrationWriter writer = new();
        writer.Add(new float[Demonstration.MaximumVector + 1], [1]);
        Assert.That(() => Demonstration.Parse(writer.ToArray()), Refused("more than 4096"));
    }

    [Test]
    public void Every_truncation_is_refused()
    {
        byte[] whole = Sample().ToArray(closed: false);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.That(() => Demonstration.Parse(whole.AsSpan(0, length)), Throws.TypeOf<DemonstrationException>(), $"{length} bytes");
        }
    }

    [Test]
    public void A_length_beyond_the_end_is_refused()
    {
        byte[] bytes = Sample().ToArray();
        int record = 33 + 1 + bytes[33];
        bytes[record] = 0xFF;
        bytes[record + 1] = 0x7F; // 16383 bytes
        Assert.That(() => Demonstration.Parse(bytes), Refused("claims"));
    }

    [Test]
    public void Random_bytes_are_refused() => Gen.Byte.Array[0, 400].Sample(bytes => IsRefused(bytes), iter: 20_000);

    // Anything else than the typed error or a recording fails the test: an index out of range, a huge allocation, a hang.
    [Test]
    public void A_hundred_thousand_mutations_end_in_a_recording_or_the_typed_error()
    {
        byte[] whole = Sample().ToArray();
        Random random = new(2);
        int refused = 0;
        long mostAllocated = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] mutated = (byte[])whole.Clone();
            for (int n = random.Next(1, 5); n > 0; n--)
            {
                int at = random.Next(mutated.Length);
                mutated[at] = random.Next(3) switch
                {
                    0 => (byte)random.Next(256),
                    1 => (byte)(mutated[at] ^ (1 << random.Next(8))),
                    _ => 0xFF,
                };
            }

            int length = random.Next(4) == 0 ? random.Next(mutated.Length) : mutated.Length;
            mostAllocated = Math.Max(mostAllocated, Allocations.Of(() => refused += IsRefused(mutated.AsSpan(0, length)) ? 1 : 0));
        }

        TestContext.Out.WriteLine($"{refused} of 100000 refused, at most {mostAllocated} bytes allocated by one");
        Assert.That(mostAllocated, Is.LessThan(200_000), "a small file never takes much memory, whatever lengths it claims");
        Assert.That(refused, Is.InRange(10_000, 99_000), "mutations reach both the accepting and the refusing paths");
    }

    [Test]
    public void A_file_that_is_not_there_is_one_sentence() =>
        Assert.That(() => Demonstration.Load(Path.Combine(Path.GetTempPath(), "no such recording.demo")), Refused("There is no recording"));

    [Test]
    public void A_folder_is_one_sentence() => Assert.That(() => Demonstration.Load(Path.GetTempPath()), Refused("cannot be read"));

    private static DemonstrationWriter Sample()
    {
        DemonstrationWriter writer = new();
        for (int k = 0; k < 4; k++)
        {
            writer.Add([k, 1, 2, 3, 4], [0.5f, k], reward: 0.01f * k, done: k == 2);
        }

        return writer;
    }

    private static bool IsRefused(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Demonstration.Parse(bytes);
            return false;
        }
        catch (DemonstrationException)
        {
            return true;
        }
    }

    private static NUnit.Framework.Constraints.ContainsConstraint Refused(string part) =>
        Throws.TypeOf<DemonstrationException>().With.Message.Contains(part);
}
