using CommunityToolkit.HighPerformance.Buffers;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>
/// The trainer's half of one generation of the protocol: what to write at each point of the conversation, and how to read
/// what the player says. The conversation itself, which both share, is <see cref="MlAgentsEnvironment"/>'s.
/// </summary>
internal abstract class TrainerDialect
{
    private StepScan? scan;
    private float[] zeros = [];

    /// <summary>The dialects, told apart by the service a player calls.</summary>
    public static TrainerDialect ForPath(string path) =>
        path == ProtocolPaths.Api4 ? new Api4TrainerDialect() : new V150TrainerDialect();

    /// <summary>The behaviour, once a message has told of it.</summary>
    public BehaviorSpec? Behavior { get; protected set; }

    /// <summary>
    /// Whether an agent that is done carries its next episode's first observation, its true last one being lost (API-4), and
    /// keeps its id; otherwise it carries the true last one and comes back under a new id.
    /// </summary>
    public abstract bool DoneBringsNextEpisode { get; }

    /// <summary>Reads a player's first message.</summary>
    /// <returns>The scene's name and its package's version, for the log.</returns>
    /// <exception cref="InputException">The player's version or behaviours cannot be trained.</exception>
    /// <exception cref="PlayerLostException">The message is no message, or says that the player closes.</exception>
    public abstract string ReadHello(ReadOnlySpan<byte> message);

    /// <summary>Writes the reply to the first message.</summary>
    public abstract void WriteWelcome(ArrayPoolBufferWriter<byte> reply, MlAgentsOptions options, int seed);

    /// <summary>Writes a reset; the first of a connection tells the scene everything the options say to it.</summary>
    public abstract void WriteReset(ArrayPoolBufferWriter<byte> reply, MlAgentsOptions options);

    /// <summary>Writes the actions of the agents that asked, in the order in which they asked.</summary>
    /// <param name="reply">Overwritten with the message.</param>
    /// <param name="slots">[agents that asked] Each one's row in <paramref name="actions"/>, or -1 for zeros.</param>
    /// <param name="actions">[rows, action] The actions of all rows.</param>
    public abstract void WriteStep(ArrayPoolBufferWriter<byte> reply, ReadOnlySpan<int> slots, ReadOnlySpan<float> actions);

    /// <summary>Writes the message that ends a player.</summary>
    public void WriteClose(ArrayPoolBufferWriter<byte> reply) => Closing.WriteAlone(reply);

    /// <summary>Reads any later message into <paramref name="report"/>; a step's allocates nothing.</summary>
    /// <exception cref="InputException">The scene cannot be trained.</exception>
    /// <exception cref="PlayerLostException">The message is no message, or says that the player closes.</exception>
    public void Read(ReadOnlySpan<byte> message, PlayerReport report)
    {
        report.Clear();
        if (Behavior is not null)
        {
            scan ??= new StepScan(Behavior, isApi4: DoneBringsNextEpisode);
            if (scan.TryRead(message, report))
            {
                return;
            }

            report.Clear();
        }

        Parse(message, report);
    }

    /// <summary>
    /// Reads any later message, by the generated parser, into a report that was cleared. Errors as for <see cref="Read"/>.
    /// </summary>
    public abstract void Parse(ReadOnlySpan<byte> message, PlayerReport report);

    /// <summary>A message whose header says <see cref="HeaderStatus.Close"/>.</summary>
    protected abstract IMessage Closing { get; }

    /// <summary>Parses what a player sent.</summary>
    /// <param name="parser">The parser for messages of this generation.</param>
    /// <param name="message">The message as it was received; never trusted.</param>
    /// <param name="status">Reads the status of the header; null where there is none.</param>
    /// <exception cref="PlayerLostException">It is no message, or its header does not say that the player goes on.</exception>
    protected static T ParseOpen<T>(MessageParser<T> parser, ReadOnlySpan<byte> message, Func<T, int?> status)
        where T : class, IMessage<T>
    {
        if (!ProtobufMessages.TryParse(parser, message, out T? parsed, out Exception? error))
        {
            throw new PlayerLostException($"The player sent a message that is not ML-Agents' ({error!.Message}).", error);
        }

        int said = status(parsed) ?? 0;
        return said == HeaderStatus.Ok ? parsed : throw new PlayerLostException($"The player closed (status {said}).");
    }

    /// <summary>The sentence for a first message without an introduction.</summary>
    protected static PlayerLostException NotIntroduced() =>
        new("The player's first message does not introduce it (no rl_initialization_output).");

    /// <summary>The sentence for scenes with several behaviours.</summary>
    protected static InputException Several(IEnumerable<string> names) => new(
        $"The player has several behaviours ({string.Join(", ", names.Select(n => $"'{n}'"))}); this engine trains one: give the " +
        "others a heuristic or an inference model in the scene.");

    /// <summary>The sentence for scenes with actions this engine does not take.</summary>
    protected static InputException NotContinuous(string name) => new(
        $"Behaviour '{name}' has discrete actions; SAC and TD3 need continuous actions only: change its action spec in the scene.");

    /// <summary>The sentence for scenes that see.</summary>
    protected static InputException NotVector(string name, string what) => new(
        $"Behaviour '{name}' has {what}; this engine trains on uncompressed float observations only: remove or replace that sensor.");

    /// <summary>Brings a list of messages to a length, keeping those there are.</summary>
    protected static void Resize<T>(RepeatedField<T> messages, int count)
        where T : class, new()
    {
        while (messages.Count > count)
        {
            messages.RemoveAt(messages.Count - 1);
        }

        while (messages.Count < count)
        {
            messages.Add(new T());
        }
    }

    /// <summary>The actions of row <paramref name="slot"/>, or zeros for an agent that has none.</summary>
    protected ReadOnlySpan<float> ActionsOf(int slot, ReadOnlySpan<float> actions, int size)
    {
        if (slot >= 0)
        {
            return actions.Slice(slot * size, size);
        }

        if (zeros.Length != size)
        {
            zeros = new float[size];
        }

        return zeros;
    }
}
