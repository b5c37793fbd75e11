using CommunityToolkit.HighPerformance.Buffers;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Environments.MlAgents.Player;

/// <summary>The player's half of one generation of the protocol; the conversation is <see cref="MlAgentsPlayer"/>'s.</summary>
internal abstract class PlayerDialect
{
    private const int Reset = 1;
    private const int Quit = 2;

    /// <summary>The name a trainer of this generation sees the behaviour under.</summary>
    public abstract string BehaviorName { get; }

    /// <summary>Service and method to call.</summary>
    public abstract string Path { get; }

    public static PlayerDialect For(PlayerOptions options) =>
        options.Generation == ProtocolGeneration.Api4 ? new Api4PlayerDialect(options) : new V150PlayerDialect(options);

    /// <summary>Writes the introduction.</summary>
    public abstract void WriteHello(ArrayPoolBufferWriter<byte> request, PlayerScene scene);

    /// <summary>Writes the second message, which says nothing: its reply is the first command.</summary>
    public abstract void WriteReady(ArrayPoolBufferWriter<byte> request);

    /// <summary>Writes what the agents saw, after a reset or a step.</summary>
    public abstract void WriteOutput(ArrayPoolBufferWriter<byte> request, PlayerScene scene);

    /// <summary>Writes that the player closes.</summary>
    public abstract void WriteClosing(ArrayPoolBufferWriter<byte> request);

    /// <summary>Reads a trainer's message.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public abstract void Read(ReadOnlySpan<byte> reply, TrainerCommand command);

    /// <summary>Parses what a trainer sent.</summary>
    protected static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> message)
        where T : class, IMessage<T> => ProtobufMessages.TryParse(parser, message, out T? parsed, out Exception? error)
            ? parsed
            : throw new InputException(
                $"The trainer sent a message that is not ML-Agents' ({error!.Message}); check that the port is a trainer's.", error);

    /// <summary>
    /// Takes what both generations say first: whether to close, the seed, or which command. The numbers of commands are the same in both.
    /// </summary>
    /// <param name="command">The command, which is cleared and filled.</param>
    /// <param name="status">The header's; null where there is none.</param>
    /// <param name="seed">The initialization's; null where there is none.</param>
    /// <param name="number">The command's; null where there is none.</param>
    /// <returns>Whether a command came, of which there may be more to read.</returns>
    protected static bool TakeKind(TrainerCommand command, int? status, int? seed, int? number)
    {
        command.Clear();
        if (status != HeaderStatus.Ok || number == Quit)
        {
            command.Kind = TrainerCommandKind.Close;
            return false;
        }

        if (seed is not null)
        {
            command.Kind = TrainerCommandKind.Welcome;
            command.Seed = seed.Value;
            return false;
        }

        command.Kind = number == Reset ? TrainerCommandKind.Reset : TrainerCommandKind.Step;
        return number is not null;
    }

    /// <summary>Takes an agent's actions as its command's next row.</summary>
    protected static void AddRow(TrainerCommand command, RepeatedField<float> actions)
    {
        foreach (float action in actions)
        {
            command.Actions.Add(action);
        }

        command.ActionRows++;
    }
}
