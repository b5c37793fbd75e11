using System.Text;
using CsCheck;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Core.Tests.Files;

public sealed class ChecksumTests
{
    private static readonly Gen<byte[]> Bytes = Gen.Byte.Array[0, 100];

    [TestCase("", 0x00000000u)]
    [TestCase("123456789", 0xE3069283u)]
    [TestCase("a", 0xC1D04330u)]
    public void It_is_the_published_CRC32C(string text, uint expected) =>
        Assert.That(Checksum.Compute(Encoding.ASCII.GetBytes(text)), Is.EqualTo(expected));

    [Test]
    public void Thirty_two_zeros_give_the_value_of_RFC_3720() => Assert.That(Checksum.Compute(new byte[32]), Is.EqualTo(0x8A9136AAu));

    [Test]
    public void It_does_not_depend_on_how_the_bytes_are_cut() => Gen.Select(Bytes, Bytes).Sample((first, second) =>
        Checksum.Append(Checksum.Compute(first), second) == Checksum.Compute([.. first, .. second]));

    [Test]
    public void It_equals_the_definition_one_bit_at_a_time() => Bytes.Sample(bytes => Checksum.Compute(bytes) == Definition(bytes));

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
