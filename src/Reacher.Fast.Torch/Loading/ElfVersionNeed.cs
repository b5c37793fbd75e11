using System.Buffers.Binary;
using System.Text;

namespace Reacher.Fast.Torch.Loading;

/// <summary>
/// The versions of other libraries' symbols that an ELF library of 64 bits asks for (gABI section SHT_GNU_verneed). The system refuses a library
/// that asks for one that it has not, though nothing of that version be used; one that is marked weak it lets pass, and a symbol that is used
/// and missing is then still refused by name.
/// </summary>
internal static class ElfVersionNeed
{
    private const uint VersionNeedSection = 0x6ffffffe;
    private const ushort Weak = 2; // VER_FLG_WEAK

    /// <summary>Marks the need of <paramref name="version"/> as weak in the image.</summary>
    /// <returns>Whether the image asks for it.</returns>
    /// <exception cref="InvalidDataException">It is no such image, or cut short.</exception>
    public static bool Weaken(Span<byte> image, string version)
    {
        try
        {
            return Find(image, version);
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("The library is cut short.", error);
        }
    }

    private static bool Find(Span<byte> image, string version)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("The library is no ELF image of 64 bits.");
        }

        long sections = Int64(image, 40);
        (int size, int count) = (UInt16(image, 58), UInt16(image, 60));
        bool found = false;
        for (int i = 0; i < count; i++)
        {
            Span<byte> section = At(image, sections + ((long)i * size));
            if (UInt32(section, 4) == VersionNeedSection)
            {
                Span<byte> names = At(image, sections + (UInt32(section, 40) * (long)size));
                found |= WeakenIn(At(image, Int64(section, 24)), At(image, Int64(names, 24)), version);
            }
        }

        return found;
    }

    // Verneed is { u16 version, count; u32 file, auxiliary, next }; Vernaux is { u32 hash; u16 flags, other; u32 name, next }.
    private static bool WeakenIn(Span<byte> needs, ReadOnlySpan<byte> names, string version)
    {
        bool found = false;
        for (uint next; ; needs = At(needs, next))
        {
            Span<byte> one = At(needs, UInt32(needs, 8));
            for (int left = UInt16(needs, 2); left > 0; left--)
            {
                ReadOnlySpan<byte> name = names[(int)UInt32(one, 8)..];
                if (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]) == version)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(one[4..], Weak);
                    found = true;
                }

                one = At(one, UInt32(one, 12));
            }

            next = UInt32(needs, 12);
            if (next == 0)
            {
                return found;
            }
        }
    }

    private static Span<byte> At(Span<byte> from, long offset) => from[checked((int)offset)..];

    private static ushort UInt16(ReadOnlySpan<byte> from, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(from[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> from, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(from[offset..]);

    private static long Int64(ReadOnlySpan<byte> from, int offset) => BinaryPrimitives.ReadInt64LittleEndian(from[offset..]);
}
