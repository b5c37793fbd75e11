using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using CsCheck;
using Reacher.Fast.Core.Checkpoints;

namespace Reacher.Fast.Core.Tests.Checkpoints;

public sealed class SafetensorsTests
{
    private static readonly Gen<StateDictionary> Any = Gen.Select(
        Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 1, 8], Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4], Gen.Float, Gen.ULong))[0, 5],
        Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 1, 8], Gen.String.Where(text => !text.Any(char.IsSurrogate)))[0, 3],
        (tensors, metadata) =>
        {
            var state = new StateDictionary();
            foreach ((string name, (int rows, int columns, float value, ulong word)) in tensors)
            {
                state.Add($"{name}.float", [.. Enumerable.Repeat(value, rows * columns)], rows, columns);
                state.Add($"{name}.double", [.. Enumerable.Repeat((double)value, rows)], rows);
                state.Add($"{name}.word", word);
            }

            foreach ((string key, string value) in metadata)
            {
                state.Metadata[key] = value;
            }

            return state;
        });

    [Test]
    public void What_is_written_is_read_back_to_the_bit()
    {
        StateDictionary written = States.Small();

        StateDictionary read = States.FromBytes(States.ToBytes(written));

        States.AssertEqual(read, written);
        Assert.That(read.Metadata["algorithm"], Is.EqualTo("sac"));
        Assert.That(read.Metadata[Safetensors.ProducerKey], Is.EqualTo(Safetensors.Producer));
    }

    [Test]
    public void Any_state_is_read_back_to_the_bit() => Any.Sample(state => States.AssertEqual(States.FromBytes(States.ToBytes(state)), state));

    [Test]
    public void The_same_state_gives_the_same_bytes() =>
        Assert.That(States.ToBytes(States.Small()), Is.EqualTo(States.ToBytes(States.FromBytes(States.ToBytes(States.Small())))));

    [Test]
    public void The_file_is_what_the_format_says()
    {
        // Read by hand, as any other reader of safetensors would.
        byte[] file = States.ToBytes(States.Small());
        int headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, headerLength));
        JsonElement weight = header.RootElement.GetProperty("actor.0.weight");
        long[] offsets = [.. weight.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        int dataStart = 8 + headerLength;

        Assert.That(dataStart % 64, Is.Zero, "the data are aligned");
        Assert.That(file[dataStart - 1], Is.EqualTo((byte)' ').Or.EqualTo((byte)'}'));
        Assert.That(weight.GetProperty("dtype").GetString(), Is.EqualTo("F32"));
        Assert.That(weight.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), Is.EqualTo(new long[] { 2, 3 }));
        Assert.That(BitConverter.ToSingle(file, dataStart + (int)offsets[0] + 8), Is.EqualTo(3f));
        foreach (JsonProperty tensor in header.RootElement.EnumerateObject().Where(property => property.Name != "__metadata__"))
        {
            int size = tensor.Value.GetProperty("dtype").GetString() == "F32" ? 4 : 8;
            Assert.That(tensor.Value.GetProperty("data_offsets")[0].GetInt64() % size, Is.Zero, tensor.Name + " is aligned");
        }
    }

    [Test]
    public void Another_programs_file_without_checksum_is_read()
    {
        byte[] file = Raw(
            """{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""", BitConverter.GetBytes(1f).Concat(BitConverter.GetBytes(2f)));

        Assert.That(States.FromBytes(file).GetFloats("w", 1, 2).ToArray(), Is.EqualTo(new[] { 1f, 2f }));
    }

    [Test]
    public void Every_flipped_bit_is_noticed()
    {
        byte[] file = States.ToBytes(States.Small());
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(() => States.FromBytes(file), Throws.TypeOf<InputException>(), $"bit {bit}");
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.That(() => States.FromBytes(file), Throws.Nothing);
    }

    [Test]
    public void Every_truncation_is_noticed()
    {
        byte[] file = States.ToBytes(States.Small());
        for (int length = 0; length < file.Length; length++)
        {
            Assert.That(() => States.FromBytes(file[..length]), Throws.TypeOf<InputException>(), $"{length} bytes");
        }
    }

    [TestCase("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", "twice")]
    [TestCase("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0077":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", "twice")]
    [TestCase("""{"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "twice")]
    [TestCase("""{"__metadata__":{"a":"1","a":"2"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "twice")]
    [TestCase("""{"__metadata__":{"a":1},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "not a string")]
    [TestCase("""{"__metadata__":{"crc32c":"xyz"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "hexadecimal")]
    [TestCase("""{"w":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}""", "BF16")]
    [TestCase("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "overlaps")]
    [TestCase("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "gap")]
    [TestCase("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "follow its last tensor")]
    [TestCase("""{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "truncated")]
    [TestCase("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "not those of its shape")]
    [TestCase("""{"w":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,8]}}""", "larger than")]
    [TestCase("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "whole numbers")]
    [TestCase("""{"w":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", "whole numbers")]
    [TestCase("""{"w":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "other than numbers")]
    [TestCase("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "two data_offsets")]
    [TestCase("""{"w":{"dtype":"F32","shape":[2]}}""", "lacks")]
    [TestCase("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":1}}""", "extra")]
    [TestCase("""{"w":[]}""", "not described by an object")]
    [TestCase("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}{}""", "not JSON")]
    [TestCase("""["w"]""", "not a JSON object")]
    [TestCase("not json", "not JSON")]
    [TestCase("", "not JSON")]
    public void A_header_that_lies_is_one_sentence(string header, string says)
    {
        var error = Assert.Throws<InputException>(() => States.FromBytes(Raw(header, new byte[8])));

        Assert.That(error!.Message, Does.Contain(says).And.StartsWith("'test' is not").And.EndsWith("."));
        Assert.That(error.Message.Count(letter => letter == '\n'), Is.Zero);
    }

    [Test]
    public void A_file_of_PyTorchs_own_kind_says_what_to_do() => Assert.That(
        () => States.FromBytes("PK\x03\x04 and so on"u8.ToArray()),
        Throws.TypeOf<InputException>().With.Message.Contains("safetensors.torch.save_file"));

    [Test]
    public void A_header_of_gigabytes_is_refused_before_memory_is_taken()
    {
        byte[] file = States.ToBytes(States.Small());
        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue / 2);
        long allocated = Allocations.Of(() => Assert.That(
            () => States.FromBytes(file),
            Throws.TypeOf<InputException>().With.Message.Contains("is not a readable safetensors file: it does not begin as one does")));
        Assert.That(allocated, Is.LessThan(100_000));
    }

    [Test]
    public void A_sparse_file_of_terabytes_is_refused_before_memory_is_taken()
    {
        using var folder = new TemporaryFolder();
        string path = folder["sparse.safetensors"];
        const long Size = 2_000_000_000;
        string tensors = string.Join(',', Enumerable.Range(0, 1000).Select(i =>
            $$"""
            "t{{i}}":{"dtype":"F32","shape":[{{Size / 4}}],"data_offsets":[{{i * Size}},{{(i + 1) * Size}}]}
            """));
        byte[] head = Raw("{" + tensors + "}", []);
        using (FileStream stream = File.Create(path))
        {
            stream.Write(head);
            try
            {
                stream.SetLength(head.Length + (1000 * Size));
            }
            catch (IOException error)
            {
                Assert.Ignore($"The temporary folder's file system has no sparse files of 2 TB: {error.Message}");
            }
        }

        Assert.That(() => Safetensors.Read(path), Throws.TypeOf<InputException>().With.Message.Contains("more than the"));
    }

    [Test]
    public void A_missing_file_and_a_folder_are_one_sentence_each()
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => Safetensors.Read(folder["none"]), Throws.TypeOf<InputException>().With.Message.StartsWith("There is no file"));
        Assert.That(() => Safetensors.Read(folder.Path), Throws.TypeOf<InputException>().With.Message.Contains("cannot be read"));
    }

    private static byte[] Raw(string header, IEnumerable<byte> data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)text.Length), .. text, .. data];
    }
}
