namespace Reacher.Fast.Testing;

/// <summary>
/// What a loss of power leaves of a mapped file. The kernel writes changed pages to the disk one by one, when it likes and in
/// the order it likes, so afterwards every page holds what it held at some moment, and no two need agree on which.
/// </summary>
public static class TornPages
{
    private const int PageBytes = 4096;

    /// <summary>A file in which each page is the newest version's, or, with a probability, any earlier one's.</summary>
    /// <param name="versions">Copies of the whole file, all of one length, oldest first.</param>
    /// <param name="oldShare">How likely a page is to be an earlier one.</param>
    /// <param name="random">Decides.</param>
    public static byte[] Mix(IReadOnlyList<byte[]> versions, double oldShare, Random random)
    {
        byte[] mixture = [.. versions[^1]];
        for (int start = 0; start < mixture.Length; start += PageBytes)
        {
            if (random.NextDouble() < oldShare)
            {
                byte[] earlier = versions[random.Next(versions.Count - 1)];
                // The last page may be cut short by the end of the file.
                int length = Math.Min(PageBytes, mixture.Length - start);
                earlier.AsSpan(start, length).CopyTo(mixture.AsSpan(start));
            }
        }

        return mixture;
    }

    /// <summary>Turns over one bit.</summary>
    public static void FlipBit(byte[] file, int at, Random random) => file[at] ^= (byte)(1 << random.Next(8));

    /// <summary>Clears one page: its name and its length had reached the disk, its content had not.</summary>
    public static void ClearPage(byte[] file, Random random)
    {
        int start = random.Next((file.Length + PageBytes - 1) / PageBytes) * PageBytes;
        file.AsSpan(start, Math.Min(PageBytes, file.Length - start)).Clear();
    }
}
