using System.Text;

namespace Reacher.Fast.Training.Tests.Faults;

/// <summary>Damages text files as disks, editors and hands do.</summary>
internal static class Mutation
{
    // What means something to a reader of JSON or YAML, or is known to upset one.
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "{", "}", "[", "]", ":", "- ", "&a", "*a", "!!", "|", ">", "\"", "'", "\0", "\n", "\t", "  ", "-1",
            "99999999999999999999", "1e999", "NaN", "null", "\u2028", "%", "#", "---", "...", "?",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], // In no text of UTF-8.
        [0xED, 0xA0, 0x80], // Half of a surrogate pair.
    ];

    /// <summary>One to six of: a flipped bit, another byte or digit, a run removed or doubled, a token or many, a cut.</summary>
    public static byte[] Of(byte[] file, Random random)
    {
        List<byte> mutated = [.. file];
        for (int edits = random.Next(1, 7); edits > 0 && mutated.Count > 0; edits--)
        {
            Edit(mutated, random.Next(mutated.Count), random);
        }

        return [.. mutated];
    }

    private static void Edit(List<byte> file, int at, Random random)
    {
        switch (random.Next(9))
        {
            case 0:
                file[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                file[at] = (byte)random.Next(256);
                break;
            case 2:
                file.RemoveRange(at, file.Count - at);
                break;
            case 3:
                file.RemoveRange(at, Math.Min(random.Next(64), file.Count - at));
                break;
            case 4:
                file.InsertRange(at, file.GetRange(at, Math.Min(random.Next(200), file.Count - at)));
                break;
            case 5:
                file.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                break;
            case 6:
                for (int end = Math.Min(file.Count, at + 8); at < end; at++)
                {
                    file[at] = random.Next(2) == 0 ? (byte)0xFF : (byte)0;
                }

                break;
            case 7:
                // Often: deep nesting, and lines longer than any that was meant.
                byte[] token = Tokens[random.Next(Tokens.Length)];
                file.InsertRange(at, Enumerable.Repeat(token, random.Next(2000)).SelectMany(bytes => bytes));
                break;
            default:
                int digit = file.FindIndex(at, value => value is >= (byte)'0' and <= (byte)'9');
                if (digit >= 0)
                {
                    file[digit] = (byte)('0' + random.Next(10));
                }

                break;
        }
    }
}
