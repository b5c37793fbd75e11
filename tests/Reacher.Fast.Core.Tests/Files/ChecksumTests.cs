using System.Text;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Core.Tests.Files;

public sealed class ChecksumTests
{
    [TestCase("", 0x00000000u)]
    [TestCase("123456789", 0xE3069283u)]
    [TestCase("a", 0xC1D04330u)]
    public void It_is_the_published_CRC32C(string text, uint expected) =>
        Assert.That(Checksum.Compute(Encoding.ASCII.GetBytes(text)), Is.EqualTo(expected));

    [Test]
    public void Thirty_two_zeros_give_the_value_of_RFC_3720() => Assert.That(Checksum.Compute(new byte[32]), Is.EqualTo(0x8A9136AAu));

    [Test]
    public void It_does_not_depend_on_how_the_bytes_are_cut()
    {
        byte[] bytes = new byte[100];
        new Random(1).NextBytes(bytes);
        uint whole = Checksum.Compute(bytes);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.That(Checksum.Append(Checksum.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)), Is.EqualTo(whole));
        }
    }

    [Test]
    public void It_equals_the_definition_one_bit_at_a_time()
    {
        byte[] bytes = new byte[100];
        new Random(2).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            Assert.That(Checksum.Compute(bytes.AsSpan(0, length)), Is.EqualTo(Definition(bytes.AsSpan(0, length))));
        }
    }

    private static uint Definition(ReadOnlySpan<byte> bytes)
    {
        const uint Reflected = 0x82F63B78;
        uint crc = 0xFFFFFFFF;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (Reflected & (0u - (crc & 1)));
            }
        }

        return ~crc;
    }
}
