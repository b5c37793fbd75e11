using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.MlAgents.Messages;
using static Reacher.Fast.Environments.MlAgents.Messages.ProtobufScan;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>
/// The fast twin of <see cref="TrainerDialect.Parse"/>: takes the agents of a step's message straight from its bytes, where the
/// generated parser makes several objects an agent, 18 KB for 20 arms. It knows the messages that steps consist of and no
/// others; of anything else, and of anything malformed, it says false, and the message is parsed. Field numbers are those of
/// Protos/api4.proto and Protos/v150.proto, which differ in an agent's observations alone.
/// </summary>
/// <param name="behavior">The behaviour whose agents are read.</param>
/// <param name="isApi4">Whether the messages are of API-4; of 1.5.0 otherwise.</param>
internal sealed class StepScan(BehaviorSpec behavior, bool isApi4)
{
    private readonly byte[] name = Encoding.UTF8.GetBytes(behavior.Name);
    private readonly Sensor[] sensors = [.. behavior.Observations.Shapes.Select(shape => new Sensor(Packed(shape), ObservationLayout.SizeOf(shape)))];

    /// <summary>Reads a message into a report that was cleared.</summary>
    /// <returns>Whether it did; the report is to be cleared again if it did not.</returns>
    public bool TryRead(ReadOnlySpan<byte> message, PlayerReport report)
    {
        // UnityMessage { header 1, unity_output 2 }, UnityOutput { rl_output 1 }
        var fields = new ProtobufScan(message);
        if (!fields.Has(Bytes(1)) || !fields.TryBytes(out ReadOnlySpan<byte> header) || !IsOpen(header) ||
            !fields.Has(Bytes(2)) || !fields.TryBytes(out ReadOnlySpan<byte> output) || !fields.AtEnd)
        {
            return false;
        }

        var outputs = new ProtobufScan(output);
        return outputs.Has(Bytes(1)) && outputs.TryBytes(out ReadOnlySpan<byte> rlOutput) && outputs.AtEnd &&
            TryReadOutput(rlOutput, report);
    }

    // Header { status 1, message 2 }
    private static bool IsOpen(ReadOnlySpan<byte> header)
    {
        var fields = new ProtobufScan(header);
        return fields.Has(Varint(1)) && fields.TryVarint(out ulong status) && (int)status == HeaderStatus.Ok && fields.AtEnd;
    }

    // UnityRLOutput { API-4: global_done 1; agentInfos 2: a map, here of one entry { key 1, value 2 }; 1.5.0: side_channel 3 }
    private bool TryReadOutput(ReadOnlySpan<byte> output, PlayerReport report)
    {
        var fields = new ProtobufScan(output);
        ulong done = 0;
        if (isApi4 && fields.Has(Varint(1)) && !fields.TryVarint(out done))
        {
            return false;
        }

        report.GlobalDone = done != 0;
        if (!fields.Has(Bytes(2)) || !fields.TryBytes(out ReadOnlySpan<byte> entry) || !fields.AtEnd)
        {
            return false;
        }

        var pair = new ProtobufScan(entry);
        return pair.Has(Bytes(1)) && pair.TryBytes(out ReadOnlySpan<byte> key) && key.SequenceEqual(name) &&
            pair.Has(Bytes(2)) && pair.TryBytes(out ReadOnlySpan<byte> list) && pair.AtEnd && TryReadList(list, report);
    }

    // ListAgentInfo { value 1 ... }
    private bool TryReadList(ReadOnlySpan<byte> list, PlayerReport report)
    {
        var fields = new ProtobufScan(list);
        while (fields.Has(Bytes(1)))
        {
            if (!fields.TryBytes(out ReadOnlySpan<byte> agent) || !(isApi4 ? TryReadApi4(agent, report) : TryReadV150(agent, report)))
            {
                return false;
            }
        }

        return fields.AtEnd;
    }

    // AgentInfoProto { stacked_vector_observation 1, stored_vector_actions 4, reward 7 ... id 10 }
    private bool TryReadApi4(ReadOnlySpan<byte> agent, PlayerReport report)
    {
        var fields = new ProtobufScan(agent);
        ReadOnlySpan<byte> actions = default;
        if (!fields.Has(Bytes(1)) || !fields.TryBytes(out ReadOnlySpan<byte> observation) ||
            observation.Length != sizeof(float) * behavior.ObservationSize ||
            (fields.Has(Bytes(4)) && !fields.TryBytes(out actions)) || actions.Length % sizeof(float) != 0 ||
            !TryAdd(ref fields, report, out Span<float> target) || !fields.AtEnd)
        {
            return false;
        }

        return TryCopy(observation, ref target);
    }

    // AgentInfoProto { reward 7 ... id 10, action_mask 11, observations 13 ..., group_id 14, group_reward 15 }
    private bool TryReadV150(ReadOnlySpan<byte> agent, PlayerReport report)
    {
        var fields = new ProtobufScan(agent);
        if (!TryAdd(ref fields, report, out Span<float> target) || (fields.Has(Bytes(11)) && !fields.TrySkipPackedVarints()))
        {
            return false;
        }

        for (int sensor = 0; fields.Has(Bytes(13)); sensor++)
        {
            if (sensor == sensors.Length || !fields.TryBytes(out ReadOnlySpan<byte> observation) ||
                !TryReadObservation(observation, sensors[sensor], ref target))
            {
                return false;
            }
        }

        return (!fields.Has(Varint(14)) || fields.TryVarint(out _)) && (!fields.Has(Single(15)) || fields.TrySingle(out _)) &&
            fields.AtEnd && target.IsEmpty;
    }

    // ObservationProto { shape 1, float_data 4 { data 1 }, dimension_properties 6, observation_type 7, name 8 }
    private static bool TryReadObservation(ReadOnlySpan<byte> observation, Sensor sensor, ref Span<float> target)
    {
        var fields = new ProtobufScan(observation);
        if (!fields.Has(Bytes(1)) || !fields.TryBytes(out ReadOnlySpan<byte> shape) || !shape.SequenceEqual(sensor.Shape) ||
            !fields.Has(Bytes(4)) || !fields.TryBytes(out ReadOnlySpan<byte> content))
        {
            return false;
        }

        var data = new ProtobufScan(content);
        return data.Has(Bytes(1)) && data.TryBytes(out ReadOnlySpan<byte> floats) && data.AtEnd &&
            floats.Length == sensor.Size * sizeof(float) && TryCopy(floats, ref target) &&
            (!fields.Has(Bytes(6)) || fields.TrySkipPackedVarints()) && (!fields.Has(Varint(7)) || fields.TryVarint(out _)) &&
            (!fields.Has(Bytes(8)) || fields.TrySkipText()) && fields.AtEnd;
    }

    // reward 7, done 8, max_step_reached 9, id 10: what both generations say of an agent.
    private bool TryAdd(ref ProtobufScan fields, PlayerReport report, out Span<float> target)
    {
        float reward = 0;
        ulong done = 0, interrupted = 0, id = 0;
        if ((fields.Has(Single(7)) && !fields.TrySingle(out reward)) || (fields.Has(Varint(8)) && !fields.TryVarint(out done)) ||
            (fields.Has(Varint(9)) && !fields.TryVarint(out interrupted)) || (fields.Has(Varint(10)) && !fields.TryVarint(out id)))
        {
            target = default;
            return false;
        }

        target = report.Add((int)id, reward, done != 0, interrupted != 0, behavior.ObservationSize);
        return true;
    }

    /// <summary>Copies packed floats to the start of <paramref name="target"/>, of which the rest is left.</summary>
    private static bool TryCopy(ReadOnlySpan<byte> floats, ref Span<float> target)
    {
        int count = floats.Length / sizeof(float);
        if (floats.Length % sizeof(float) != 0 || count > target.Length)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            target[i] = BinaryPrimitives.ReadSingleLittleEndian(floats[(i * sizeof(float))..]);
        }

        target = target[count..];
        return true;
    }

    // The numbers of a packed field, as every protobuf writer packs them.
    private static byte[] Packed(IReadOnlyList<int> numbers)
    {
        using var bytes = new MemoryStream();
        using (var writer = new CodedOutputStream(bytes, leaveOpen: true))
        {
            foreach (int number in numbers)
            {
                writer.WriteInt32(number);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>What a step says of one sensor whenever its shape is that of the first step.</summary>
    /// <param name="Shape">The field of its shape, packed.</param>
    /// <param name="Size">The floats that it sends.</param>
    private readonly record struct Sensor(byte[] Shape, int Size);
}
