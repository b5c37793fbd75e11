using System.Buffers.Binary;
using System.Text;
using Reacher.Fast.Core;

namespace Reacher.Fast.Environments.MlAgents.Messages;

/// <summary>Walks the <c>side_channel</c> bytes of a 1.5.0 message; the layout is <see cref="SideChannelWriter"/>'s.</summary>
/// <param name="bytes">As received; never trusted.</param>
internal ref struct SideChannelReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>Takes the next message, or says that there is none.</summary>
    /// <exception cref="InputException">The bytes end within a message.</exception>
    public bool TryNext(out Guid channel, out SideChannelPayload payload)
    {
        channel = default;
        payload = default;
        if (rest.IsEmpty)
        {
            return false;
        }

        if (rest.Length < 20)
        {
            throw SideChannelPayload.CutShort();
        }

        channel = new Guid(rest[..16]);
        int length = BinaryPrimitives.ReadInt32LittleEndian(rest[16..]);
        if (length < 0 || length > rest.Length - 20)
        {
            throw SideChannelPayload.CutShort();
        }

        payload = new SideChannelPayload(rest.Slice(20, length));
        rest = rest[(20 + length)..];
        return true;
    }

    /// <summary>Takes a payload of the stats channel.</summary>
    public static PlayerStatistic Statistic(SideChannelPayload payload)
    {
        string key = payload.Text();
        float value = payload.Single();
        int aggregation = payload.Int32();
        return Enum.IsDefined((StatisticAggregation)aggregation)
            ? new PlayerStatistic(key, value, (StatisticAggregation)aggregation)
            : throw new InputException($"The player's statistic '{key}' asks for aggregation {aggregation}; 0 to 3 are known.");
    }
}

/// <summary>The primitives of one side-channel message, in order.</summary>
/// <param name="bytes">The message without its channel and length; never trusted.</param>
internal ref struct SideChannelPayload(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    public string Text() => Encoding.ASCII.GetString(Take(Int32()));

    internal static InputException CutShort() =>
        new("A side-channel message ends before its length; the player and the trainer disagree about its layout.");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > rest.Length)
        {
            throw CutShort();
        }

        ReadOnlySpan<byte> taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
