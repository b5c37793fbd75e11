namespace Reacher.Fast.Core.Files;

/// <summary>
/// Files read whole, but no more of them than was said. A file's length says nothing about a device: /dev/zero has length 0 and no end.
/// </summary>
internal static class BoundedFile
{
    /// <summary>The content of a file of at most <paramref name="most"/> bytes.</summary>
    /// <exception cref="FileTooLongException">It has more; no more than one byte more was read.</exception>
    /// <exception cref="IOException">It cannot be read; or another exception of <see cref="FileStream"/>.</exception>
    public static byte[] ReadBytes(string path, int most)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] content = new byte[4096];
        int length = 0;
        for (int read; (read = stream.Read(content.AsSpan(length, Math.Min(content.Length, most + 1) - length))) > 0;)
        {
            length += read;
            if (length > most)
            {
                throw new FileTooLongException($"'{path}' has more than {most} bytes");
            }

            if (length == content.Length)
            {
                Array.Resize(ref content, checked(2 * length));
            }
        }

        Array.Resize(ref content, length);
        return content;
    }

    /// <summary>The same as text, in UTF-8 unless a byte order mark says otherwise.</summary>
    /// <exception cref="FileTooLongException">It has more bytes.</exception>
    /// <exception cref="IOException">It cannot be read; or another exception of <see cref="FileStream"/>.</exception>
    public static string ReadText(string path, int most)
    {
        using var reader = new StreamReader(new MemoryStream(ReadBytes(path, most)));
        return reader.ReadToEnd();
    }
}

/// <summary>A file is longer than any of its kind may be.</summary>
internal sealed class FileTooLongException(string message) : IOException(message);
