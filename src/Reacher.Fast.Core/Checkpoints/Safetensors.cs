using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Core.Checkpoints;

/// <summary>
/// The file form of a <see cref="StateDictionary"/>: safetensors (github.com/huggingface/safetensors), which holds no code
/// and opens in PyTorch, JAX and NumPy. <c>u64 length of the header | JSON header | bytes of the tensors</c>, little-endian.
/// The header is padded with spaces so that the data begin at a multiple of 64 bytes, and tensors of 8-byte elements come
/// first, so that every tensor is aligned to its elements.
/// Files written here carry a CRC32C of themselves, so that a flipped bit is damage, not a different policy.
/// </summary>
public static class Safetensors
{
    /// <summary>Largest header accepted, in bytes. A checkpoint's own is some 10 kB.</summary>
    public const int MaximumHeaderBytes = 4 << 20;

    /// <summary>Largest sum of all tensors accepted, in bytes; guards against sparse files of terabytes.</summary>
    public const long MaximumDataBytes = 4L << 30;

    /// <summary>The metadata key that says what wrote the file.</summary>
    public const string ProducerKey = "producer";

    /// <summary>The value of <see cref="ProducerKey"/> in files written here; such a file must carry its checksum.</summary>
    public const string Producer = "reacher-fast";

    private const int Alignment = 64;

    /// <summary>Writes <paramref name="state"/> to <paramref name="path"/>, all of it or nothing.</summary>
    /// <exception cref="IOException">It cannot be written; what was there is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of permission.</exception>
    public static void Write(StateDictionary state, string path)
    {
        ArgumentNullException.ThrowIfNull(state);
        AtomicFile.Write(path, stream => Write(state, stream));
    }

    /// <summary>Writes <paramref name="state"/> to <paramref name="stream"/>, tensor by tensor, without copying them.</summary>
    public static void Write(StateDictionary state, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(stream);
        var metadata = new SortedDictionary<string, string>(state.Metadata, StringComparer.Ordinal) { [ProducerKey] = Producer };
        metadata.Remove(SafetensorsHeader.ChecksumKey);
        StateTensor[] inFileOrder = [.. state.Tensors.OrderByDescending(tensor => StateDictionary.SizeOf(tensor.Type))];
        var header = new ArrayBufferWriter<byte>(4096);
        header.GetSpan(sizeof(ulong));
        header.Advance(sizeof(ulong));
        int checksumPosition = sizeof(ulong) + SafetensorsHeader.Write(header, metadata, Entries(state, inFileOrder));
        int padding = -header.WrittenCount & (Alignment - 1);
        header.GetSpan(padding)[..padding].Fill((byte)' ');
        header.Advance(padding);

        Span<byte> bytes = header.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - sizeof(ulong)));
        uint checksum = Checksum.Compute(bytes);
        foreach (StateTensor tensor in inFileOrder)
        {
            checksum = Checksum.Append(checksum, tensor.Data.Span);
        }

        Encoding.ASCII.GetBytes(checksum.ToString("x8", System.Globalization.CultureInfo.InvariantCulture), bytes[checksumPosition..]);
        stream.Write(bytes);
        foreach (StateTensor tensor in inFileOrder)
        {
            stream.Write(tensor.Data.Span);
        }
    }

    /// <summary>Reads the file <paramref name="path"/>.</summary>
    /// <exception cref="InputException">It is missing, unreadable, damaged, or not a safetensors file of F32, F64, I64 and U64.</exception>
    public static StateDictionary Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(path, ReadChecked);
    }

    /// <summary>Reads the metadata of <paramref name="path"/> and nothing behind its header, so that the file may be damaged there.</summary>
    /// <exception cref="InputException">The file is missing or unreadable, or its header is damaged.</exception>
    internal static IDictionary<string, string> ReadMetadata(string path) => Read(path, stream => ReadHeader(stream, out _, out _).Metadata);

    private static T Read<T>(string path, Func<Stream, T> read)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            return Read(stream, path, read);
        }
        catch (Exception error) when (IoFailure.IsMissing(error))
        {
            throw new InputException($"There is no file '{path}'.", error);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException($"'{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>
    /// Reads a whole file from <paramref name="stream"/>, which must know its length. Holds no more memory than the tensors and
    /// a few times the header, whatever the file claims.
    /// </summary>
    /// <param name="stream">At the file's first byte.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InputException">As for the other overload.</exception>
    public static StateDictionary Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(stream, name, ReadChecked);
    }

    private static T Read<T>(Stream stream, string name, Func<Stream, T> read)
    {
        try
        {
            return read(stream);
        }
        catch (Exception error) when (error is FormatException or EndOfStreamException)
        {
            string reason = error is FormatException ? error.Message : "it ends too early";
            throw new InputException($"'{name}' is not a readable safetensors file: {reason}.", error);
        }
    }

    private static SafetensorsHeader ReadHeader(Stream stream, out byte[] prefix, out byte[] bytes)
    {
        long length = stream.Length - stream.Position;
        prefix = new byte[sizeof(ulong)];
        stream.ReadExactly(prefix);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (prefix.AsSpan().StartsWith("PK\x03\x04"u8))
        {
            throw new FormatException("it is a zip archive, as PyTorch's own .pt files are; save the tensors by safetensors.torch.save_file instead");
        }

        // Eight bytes of any other file are a number that tells the user nothing.
        if (headerLength > MaximumHeaderBytes && headerLength > (ulong)length)
        {
            throw new FormatException("it does not begin as one does, so it is a file of another kind or was damaged");
        }

        if (headerLength > MaximumHeaderBytes)
        {
            throw new FormatException($"its header claims {headerLength} bytes, more than the {MaximumHeaderBytes} accepted");
        }

        if ((long)headerLength > length - prefix.Length)
        {
            throw new FormatException($"its header claims {headerLength} bytes, and the file has {length}");
        }

        bytes = new byte[(int)headerLength];
        stream.ReadExactly(bytes);
        return SafetensorsHeader.Read(bytes);
    }

    private static StateDictionary ReadChecked(Stream stream)
    {
        long length = stream.Length - stream.Position;
        SafetensorsHeader header = ReadHeader(stream, out byte[] prefix, out byte[] bytes);
        SafetensorsEntry[] inFileOrder = CheckRanges(header, length - prefix.Length - bytes.Length);
        uint checksum = Checksum.Append(Checksum.Compute(prefix), WithoutChecksum(bytes, header));
        var data = new Dictionary<string, byte[]>(inFileOrder.Length, StringComparer.Ordinal);
        foreach (SafetensorsEntry entry in inFileOrder)
        {
            byte[] elements = new byte[(int)(entry.End - entry.Begin)];
            stream.ReadExactly(elements);
            checksum = Checksum.Append(checksum, elements);
            data.Add(entry.Name, elements);
        }

        bool isOurs = header.Metadata.TryGetValue(ProducerKey, out string? producer) && producer == Producer;
        if (header.Checksum is { } claimed ? claimed != checksum : isOurs)
        {
            throw new FormatException("its checksum does not match its content, so it is damaged");
        }

        return Assemble(header, data);
    }

    private static StateDictionary Assemble(SafetensorsHeader header, Dictionary<string, byte[]> data)
    {
        var state = new StateDictionary();
        foreach ((string key, string value) in header.Metadata)
        {
            state.Metadata.Add(key, value);
        }

        foreach (SafetensorsEntry entry in header.Entries)
        {
            state.Add(new StateTensor(entry.Name, entry.Type, entry.Shape, data[entry.Name]));
        }

        return state;
    }

    private static SafetensorsEntry[] Entries(StateDictionary state, StateTensor[] inFileOrder)
    {
        var begins = new Dictionary<string, long>(StringComparer.Ordinal);
        long position = 0;
        foreach (StateTensor tensor in inFileOrder)
        {
            begins.Add(tensor.Name, position);
            position += tensor.Data.Length;
        }

        return [.. state.Tensors.Select(tensor => new SafetensorsEntry(
            tensor.Name, tensor.Type, [.. tensor.Shape], begins[tensor.Name], begins[tensor.Name] + tensor.Data.Length))];
    }

    // The data must be covered by the tensors exactly, each byte once: no hole to hide something in, nothing shared.
    private static SafetensorsEntry[] CheckRanges(SafetensorsHeader header, long dataLength)
    {
        SafetensorsEntry[] inFileOrder = [.. header.Entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        long position = 0;
        foreach (SafetensorsEntry entry in inFileOrder)
        {
            if (entry.Begin != position || entry.End < entry.Begin)
            {
                throw new FormatException(
                    $"its tensor {QuotedName.Of(entry.Name)} lies at {entry.Begin}..{entry.End}, which overlaps or leaves a " +
                    $"gap at {position}");
            }

            if (Bytes(entry) != entry.End - entry.Begin)
            {
                throw new FormatException(
                    $"its tensor {QuotedName.Of(entry.Name)} has {entry.End - entry.Begin} bytes, not those of its shape");
            }

            if (entry.End > dataLength)
            {
                throw new FormatException(
                    $"its tensor {QuotedName.Of(entry.Name)} ends at {entry.End} of {dataLength} bytes, so the file is truncated");
            }

            position = entry.End;
        }

        if (position != dataLength)
        {
            throw new FormatException($"{dataLength - position} bytes follow its last tensor");
        }

        if (dataLength > MaximumDataBytes)
        {
            throw new FormatException($"its tensors have {dataLength} bytes, more than the {MaximumDataBytes} accepted");
        }

        return inFileOrder;
    }

    private static long Bytes(SafetensorsEntry entry)
    {
        Int128 bytes = StateDictionary.SizeOf(entry.Type);
        foreach (long size in entry.Shape)
        {
            // Every factor is below 2^63 and the product so far below 2^31, so the next product fits.
            bytes *= size;
            if (bytes > Array.MaxLength)
            {
                throw new FormatException($"its tensor {QuotedName.Of(entry.Name)} is larger than {Array.MaxLength} bytes");
            }
        }

        return (long)bytes;
    }

    private static byte[] WithoutChecksum(byte[] header, SafetensorsHeader parsed)
    {
        if (parsed.Checksum is not null)
        {
            Encoding.ASCII.GetBytes(SafetensorsHeader.NoChecksum, header.AsSpan(parsed.ChecksumPosition));
        }

        return header;
    }
}
