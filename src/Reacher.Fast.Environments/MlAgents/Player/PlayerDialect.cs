using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.MlAgents;

/// <summary>The player's half of one generation of the protocol; the conversation is <see cref="MlAgentsPlayer"/>'s.</summary>
internal abstract class PlayerDialect
{
    /// <summary>The name a trainer of this generation sees the behaviour under.</summary>
    public abstract string BehaviorName { get; }

    /// <summary>Service and method to call.</summary>
    public abstract string Path { get; }

    public static PlayerDialect For(PlayerOptions options) =>
        options.Generation == ProtocolGeneration.Api4 ? new Api4PlayerDialect(options) : new V150PlayerDialect(options);

    /// <summary>Writes the introduction.</summary>
    public abstract void WriteHello(FrameBuffer request, PlayerScene scene);

    /// <summary>Writes the second message, which says nothing: its reply is the first command.</summary>
    public abstract void WriteReady(FrameBuffer request);

    /// <summary>Writes what the agents saw, after a reset or a step.</summary>
    public abstract void WriteOutput(FrameBuffer request, PlayerScene scene);

    /// <summary>Writes that the player closes.</summary>
    public abstract void WriteClosing(FrameBuffer request);

    /// <summary>Reads a trainer's message.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public abstract void Read(in ReadOnlySequence<byte> reply, TrainerCommand command);

    /// <summary>Parses what a trainer sent.</summary>
    protected static T Parse<T>(MessageParser<T> parser, in ReadOnlySequence<byte> message)
        where T : class, IMessage<T> => ProtobufMessages.TryParse(parser, message, out T? parsed, out Exception? error)
            ? parsed
            : throw new InputException(
                $"The trainer sent a message that is not ML-Agents' ({error!.Message}); check that the port is a trainer's.", error);

    /// <summary>Takes an agent's actions as its command's next row.</summary>
    protected static void AddRow(TrainerCommand command, RepeatedField<float> actions)
    {
        foreach (float action in actions)
        {
            command.Actions.Add(action);
        }

        command.ActionRows++;
    }

    /// <summary>Puts values into a field, using its memory again.</summary>
    protected static void Fill(RepeatedField<float> field, ReadOnlySpan<float> values) => TrainerDialect.Fill(field, values);
}
