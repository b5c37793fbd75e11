using Reacher.Fast.Core.Checkpoints;

namespace Reacher.Fast.Core.Tests.Checkpoints;

/// <summary>State dictionaries for tests, and their files' bytes.</summary>
internal static class States
{
    /// <summary>Every element type, a scalar, an empty tensor, in an order that is not the file's.</summary>
    public static StateDictionary Small(float first = 1f)
    {
        var state = new StateDictionary();
        state.Metadata["algorithm"] = "sac";
        state.Metadata["note"] = "naïve \"quotes\"\n";
        state.Add("actor.0.weight", [first, 2f, 3f, 4f, 5f, float.NaN], 2, 3);
        state.Add("normalizer.mean", [0.1, double.Epsilon, -0.0], 3);
        state.Add("updates", 1234567890123L);
        state.Add("actor.0.bias", [7f, 8f, 9f], 3);
        state.Add("rng", 0xFEDCBA9876543210UL);
        state.Add("empty", ReadOnlySpan<float>.Empty, 0, 5);
        return state;
    }

    public static byte[] ToBytes(StateDictionary state)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(state, stream);
        return stream.ToArray();
    }

    public static StateDictionary FromBytes(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return Safetensors.Read(stream, "test");
    }

    public static void AssertEqual(StateDictionary actual, StateDictionary expected)
    {
        Assert.That(actual.Tensors.Select(tensor => tensor.Name), Is.EqualTo(expected.Tensors.Select(tensor => tensor.Name)));
        foreach ((StateTensor read, StateTensor wrote) in actual.Tensors.Zip(expected.Tensors))
        {
            Assert.That(read.Type, Is.EqualTo(wrote.Type));
            Assert.That(read.Shape, Is.EqualTo(wrote.Shape));
            Assert.That(read.Data.Span.SequenceEqual(wrote.Data.Span), Is.True, read.Name);
        }

        foreach ((string key, string value) in expected.Metadata)
        {
            Assert.That(actual.Metadata[key], Is.EqualTo(value));
        }
    }
}
