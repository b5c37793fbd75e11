using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Environments.Demonstrations;

/// <summary>
/// A recording in the <c>.demo</c> format of ML-Agents before 0.15 (one observation vector per record, as Udacity's Reacher has):
/// a length-delimited <c>DemonstrationMetaProto</c> at byte 0, length-delimited brain parameters at byte 33, then
/// length-delimited <c>AgentInfoProto</c> records, as many as the meta message says (a recording that was never closed says 0:
/// then up to the end). Unity leaves a second, undelimited meta message behind them, which is passed over. The action of record k was
/// executed <b>before</b> it: transition k-1 -> k is (observation k-1, action k, reward k). A record with <c>done</c> already holds the
/// next episode's first observation.
/// </summary>
public sealed class Demonstration
{
    /// <summary>Where the brain parameters begin; the meta message before is padded up to here.</summary>
    public const int BrainParametersOffset = 33;

    /// <summary>Largest file read, in bytes: some 1.5 million records of Reacher.</summary>
    public const int MaximumBytes = 256 << 20;

    /// <summary>Most floats in a record's observation or action.</summary>
    public const int MaximumVector = 4096;

    private readonly float[] observations;
    private readonly float[] actions;
    private readonly float[] rewards;
    private readonly bool[] done;
    private readonly bool[] maxStepReached;

    private Demonstration(List<Record> records)
    {
        Count = records.Count;
        ObservationSize = records[0].Observation.Length;
        ActionSize = records[0].Action.Length;
        observations = new float[Count * ObservationSize];
        actions = new float[Count * ActionSize];
        rewards = new float[Count];
        done = new bool[Count];
        maxStepReached = new bool[Count];
        for (int i = 0; i < Count; i++)
        {
            Record record = records[i];
            record.Observation.CopyTo(observations, i * ObservationSize);
            record.Action.CopyTo(actions, i * ActionSize);
            (rewards[i], done[i], maxStepReached[i]) = (record.Reward, record.Done, record.MaxStepReached);
        }
    }

    /// <summary>The name in the meta message.</summary>
    public string Name { get; private init; } = "";

    /// <summary>K, the number of records.</summary>
    public int Count { get; }

    /// <summary>Floats in an observation.</summary>
    public int ObservationSize { get; }

    /// <summary>Floats in an action.</summary>
    public int ActionSize { get; }

    /// <summary>[K]: with record k, for what led to it.</summary>
    public ReadOnlySpan<float> Rewards => rewards;

    /// <summary>[K]: the episode ended; the record's observation is the next one's first.</summary>
    public ReadOnlySpan<bool> Done => done;

    /// <summary>[K]: it ended by the time limit.</summary>
    public ReadOnlySpan<bool> MaxStepReached => maxStepReached;

    /// <summary>The observation of record <paramref name="k"/>.</summary>
    public ReadOnlySpan<float> Observation(int k) => observations.AsSpan(k * ObservationSize, ObservationSize);

    /// <summary>The action executed before record <paramref name="k"/>.</summary>
    public ReadOnlySpan<float> Action(int k) => actions.AsSpan(k * ActionSize, ActionSize);

    /// <summary>Reads a recording.</summary>
    /// <exception cref="DemonstrationException">The file cannot be read or is no such recording.</exception>
    public static Demonstration Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte[] bytes;
        try
        {
            bytes = BoundedFile.ReadBytes(path, MaximumBytes);
        }
        catch (Exception e) when (IoFailure.IsMissing(e))
        {
            throw new DemonstrationException($"There is no recording '{path}'; name a .demo file that ML-Agents has recorded.", e);
        }
        catch (Exception e) when (IoFailure.Is(e) || e is ArgumentException)
        {
            throw new DemonstrationException($"The recording '{path}' cannot be read: {e.Message.TrimEnd('.')}; name another file.", e);
        }

        try
        {
            return Parse(bytes);
        }
        catch (DemonstrationException e)
        {
            throw new DemonstrationException($"{path} is not an ML-Agents recording of one observation vector per record: {e.Message}", e);
        }
    }

    /// <summary>Reads a recording from memory.</summary>
    /// <exception cref="DemonstrationException">The bytes are no such recording.</exception>
    public static Demonstration Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= BrainParametersOffset)
        {
            throw new DemonstrationException($"It has {bytes.Length} bytes, too few for a recording's head.");
        }

        (string name, ulong expected) = ReadMeta(bytes[..BrainParametersOffset]);
        WireReader file = new(bytes[BrainParametersOffset..], BrainParametersOffset);

        // Sizes are taken from the records themselves; the brain parameters only have to be a message.
        WireReader brain = file.ReadMessage();
        while (!brain.AtEnd)
        {
            brain.Skip(brain.ReadTag().WireType);
        }

        List<Record> records = [];
        float[] observation = new float[MaximumVector];
        float[] action = new float[MaximumVector];
        while (!file.AtEnd && (expected == 0 || (ulong)records.Count < expected))
        {
            int at = file.Offset;
            Record record = ReadRecord(file.ReadMessage(), observation, action);
            if (record.Observation.Length == 0 || record.Action.Length == 0)
            {
                throw new DemonstrationException($"The record at byte {at} holds no vector observation or no action.");
            }

            if (records.Count > 0 &&
                (record.Observation.Length != records[0].Observation.Length || record.Action.Length != records[0].Action.Length))
            {
                throw new DemonstrationException(
                    $"The record at byte {at} has {record.Observation.Length} observations and {record.Action.Length} actions, " +
                    $"the first one {records[0].Observation.Length} and {records[0].Action.Length}.");
            }

            records.Add(record);
        }

        if (records.Count == 0 || (ulong)records.Count < expected)
        {
            throw new DemonstrationException($"It ends after {records.Count} records; its head says {expected}.");
        }

        return new Demonstration(records) { Name = name };
    }

    private static (string Name, ulong Records) ReadMeta(ReadOnlySpan<byte> head)
    {
        WireReader reader = new(head, 0);
        WireReader meta = reader.ReadMessage();
        string name = "";
        ulong records = 0;
        while (!meta.AtEnd)
        {
            (int field, int wireType) = meta.ReadTag();
            if (field == 2 && wireType == WireReader.LengthDelimited)
            {
                name = meta.ReadText();
            }
            else if (field == 3 && wireType == WireReader.Varint)
            {
                records = meta.ReadVarint();
            }
            else
            {
                meta.Skip(wireType);
            }
        }

        return (name, records);
    }

    private static Record ReadRecord(WireReader reader, Span<float> observation, Span<float> action)
    {
        (int observations, int actions) = (0, 0);
        Record record = default;
        while (!reader.AtEnd)
        {
            (int field, int wireType) = reader.ReadTag();
            switch ((field, wireType))
            {
                case (1, WireReader.LengthDelimited or WireReader.Fixed32):
                    observations = reader.ReadFloats(wireType, observation, observations);
                    break;
                case (4, WireReader.LengthDelimited or WireReader.Fixed32):
                    actions = reader.ReadFloats(wireType, action, actions);
                    break;
                case (7, WireReader.Fixed32):
                    record = record with { Reward = reader.ReadFloat() };
                    break;
                case (8, WireReader.Varint):
                    record = record with { Done = reader.ReadVarint() != 0 };
                    break;
                case (9, WireReader.Varint):
                    record = record with { MaxStepReached = reader.ReadVarint() != 0 };
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        return record with { Observation = observation[..observations].ToArray(), Action = action[..actions].ToArray() };
    }

    private readonly record struct Record(float[] Observation, float[] Action, float Reward, bool Done, bool MaxStepReached);
}
