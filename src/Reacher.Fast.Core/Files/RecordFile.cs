namespace Reacher.Fast.Core.Files;

/// <summary>Files to which whole records are appended, such as a JSON object a line.</summary>
public static class RecordFile
{
    /// <summary>Appends a record at the stream's position, all of it or nothing, and gives it to the operating system at once.</summary>
    /// <param name="stream">A file without a buffer of its own, at its end.</param>
    /// <param name="record">The record's bytes.</param>
    /// <exception cref="IOException">
    /// It cannot be written, or another exception for which <see cref="IoFailure.Is"/> is true; the file ends where it did.
    /// </exception>
    public static void Append(FileStream stream, ReadOnlySpan<byte> record)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long before = stream.Position;
        try
        {
            stream.Write(record);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            CutOff(stream, before);
            throw;
        }
    }

    // A record that was written in part would make readers skip those after it.
    private static void CutOff(FileStream stream, long length)
    {
        try
        {
            stream.SetLength(length);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            // The position has not moved, so the next record is written over the part that stays.
        }
    }
}
