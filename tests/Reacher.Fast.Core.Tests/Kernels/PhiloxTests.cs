using Reacher.Fast.Core.Kernels;

namespace Reacher.Fast.Core.Tests.Kernels;

public sealed class PhiloxTests
{
    // The authors' known answers: Random123, tests/kat_vectors, "philox4x32 10".
    [TestCase("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8")]
    [TestCase("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd")]
    [TestCase("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1")]
    public void It_gives_the_published_answers(string counter, string key, string answer)
    {
        uint[] c = Words(counter), k = Words(key), x = Words(answer);

        Assert.That(Philox.Block(c[0], c[1], c[2], c[3], k[0], k[1]), Is.EqualTo((x[0], x[1], x[2], x[3])));
    }

    [Test]
    public void Seed_stream_update_and_index_each_reach_the_counter_or_the_key()
    {
        var reference = Philox.Block(1, NoiseStream.PolicyAction, 2, 3);

        Assert.That(Philox.Block(3, 1, 2, 0, 1, 0), Is.EqualTo(reference));
        Assert.That(Philox.Block(1UL << 32, NoiseStream.PolicyAction, 2, 3), Is.EqualTo(Philox.Block(3, 1, 2, 0, 0, 1)));
        Assert.That(Philox.Block(1, NoiseStream.PolicyAction, 2UL << 32, 3), Is.EqualTo(Philox.Block(3, 1, 0, 2, 1, 0)));
    }

    [Test]
    public void The_first_k_normals_do_not_depend_on_how_many_are_drawn()
    {
        float[] all = new float[37];
        Philox.Normals(9, NoiseStream.Exploration, 5, all);
        for (int count = 0; count < all.Length; count++)
        {
            float[] some = new float[count];
            Philox.Normals(9, NoiseStream.Exploration, 5, some);
            Assert.That(some, Is.EqualTo(all[..count]));
        }
    }

    [Test]
    public void Extreme_words_give_finite_normals_within_the_documented_bound()
    {
        foreach (uint first in new uint[] { 0, 255, 256, uint.MaxValue })
        {
            foreach (uint second in new uint[] { 0, 1u << 30, 1u << 31, 3u << 30, uint.MaxValue })
            {
                (float even, float odd) = Philox.BoxMuller(first, second);
                Assert.That(Math.Max(Math.Abs(even), Math.Abs(odd)), Is.LessThanOrEqualTo(5.77f));
            }
        }

        // p = 1 exactly: radius 0, where a half-open interval the other way round would give the logarithm of 0.
        Assert.That(Philox.BoxMuller(uint.MaxValue, 0).Even, Is.Zero);
    }

    [Test]
    public void Normals_have_the_moments_of_a_standard_normal_and_do_not_repeat_between_streams()
    {
        const int count = 1 << 18;
        float[] z = new float[count], other = new float[count];
        Philox.Normals(123, NoiseStream.TargetAction, 1, z);
        Philox.Normals(123, NoiseStream.PolicyAction, 1, other);
        double mean = 0, square = 0, fourth = 0, neighbours = 0, streams = 0;
        for (int i = 0; i < count; i++)
        {
            double value = z[i];
            mean += value / count;
            square += value * value / count;
            fourth += value * value * value * value / count;
            neighbours += value * z[(i + 1) % count] / count;
            streams += value * other[i] / count;
        }

        // Five standard errors each: 1, sqrt(2), sqrt(96), 1, 1 over sqrt(count) = 512.
        Assert.Multiple(() =>
        {
            Assert.That(mean, Is.EqualTo(0).Within(5.0 / 512));
            Assert.That(square, Is.EqualTo(1).Within(7.1 / 512));
            Assert.That(fourth, Is.EqualTo(3).Within(49.0 / 512));
            Assert.That(neighbours, Is.EqualTo(0).Within(5.0 / 512));
            Assert.That(streams, Is.EqualTo(0).Within(5.0 / 512));
        });
    }

    private static uint[] Words(string hexadecimal) =>
        Array.ConvertAll(hexadecimal.Split(' '), word => Convert.ToUInt32(word, 16));
}
