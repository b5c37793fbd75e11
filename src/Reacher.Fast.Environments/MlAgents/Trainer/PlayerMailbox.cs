using System.Threading.Tasks.Sources;
using CommunityToolkit.HighPerformance.Buffers;
using Grpc.Core;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>
/// Turns a player's calls around for a synchronous trainer: a call is a message from the player, and holding its reply back
/// is what makes the player wait. States: nothing held -> a call held (<see cref="Receive"/> returns it) -> nothing held
/// (<see cref="Send"/>). The first connection over which a player introduces itself owns the mailbox for good; any other player
/// is refused, so that two runs can never share a player or a player two runs, and whoever is no player is waited past.
/// </summary>
internal sealed class PlayerMailbox : IExchangeHandler, IValueTaskSource, IDisposable
{
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim arrived = new();
    private readonly ManualResetEventSlim gone = new();

    // Continuations run inline on purpose: the thread that calls Send carries the reply to the socket itself, one hop less.
    private ManualResetValueTaskSourceCore<bool> replied = new() { RunContinuationsAsynchronously = false };
    private MemoryOwner<byte>? held;
    private string? owner;
    private string? stranger;
    private string? lost;

    /// <summary>The next reply; filled before <see cref="Send"/>.</summary>
    public ArrayPoolBufferWriter<byte> Reply { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> Paths { get; } = [ProtocolPaths.Api4, ProtocolPaths.V150];

    /// <summary>The service the player called; null before its first call.</summary>
    public string? Path { get; private set; }

    /// <summary>Whether a call is held, so that <see cref="Send"/> may be called.</summary>
    public bool IsHolding
    {
        get
        {
            lock (gate)
            {
                return held is not null;
            }
        }
    }

    /// <summary>Waits for the player's next message.</summary>
    /// <returns>The message, valid until <see cref="Send"/>.</returns>
    /// <exception cref="PlayerLostException">The player left, or said nothing within <paramref name="timeout"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public ReadOnlySpan<byte> Receive(TimeSpan timeout, CancellationToken cancellation = default)
    {
        if (!arrived.Wait(timeout, cancellation))
        {
            throw new PlayerLostException(Silence($"{timeout.TotalSeconds:0.#} s"));
        }

        lock (gate)
        {
            return lost is null ? held!.Span : throw new PlayerLostException(lost);
        }
    }

    /// <summary>Sends <see cref="Reply"/> to the call that is held.</summary>
    /// <param name="last">Whether no further call is to be taken.</param>
    /// <exception cref="PlayerLostException">The player left meanwhile.</exception>
    public void Send(bool last = false)
    {
        MemoryOwner<byte> answered;
        lock (gate)
        {
            if (lost is not null)
            {
                throw new PlayerLostException(lost);
            }

            answered = held ?? throw new InvalidOperationException("No call is held.");
            held = null;
            arrived.Reset();
            lost = last ? "The trainer has closed." : null;
        }

        answered.Dispose();
        replied.SetResult(true);
    }

    /// <summary>Ends the conversation from outside, e.g. because the player's process has exited; whoever waits is woken.</summary>
    public void Lose(string reason)
    {
        bool holding;
        lock (gate)
        {
            lost ??= reason;
            holding = held is not null;
            // The trainer may be reading the message, so that its memory is left to the garbage collector.
            held = null;
            arrived.Set();
        }

        if (holding)
        {
            replied.SetException(Refusal(StatusCode.Unavailable, reason));
        }
    }

    /// <summary>Waits until the player has closed its connection, for at most <paramref name="timeout"/>.</summary>
    public bool WaitUntilGone(TimeSpan timeout) => owner is null || gone.Wait(timeout);

    /// <inheritdoc/>
    public bool Knows(string connection)
    {
        lock (gate)
        {
            return owner == connection;
        }
    }

    /// <inheritdoc/>
    public async Task<ArrayPoolBufferWriter<byte>> HandleAsync(MemoryOwner<byte> request, string connection, ServerCallContext call)
    {
        if (!Knows(connection) && Introduction(request, call.Method) is string fault)
        {
            lock (gate)
            {
                stranger = fault;
            }

            throw Refusal(StatusCode.InvalidArgument, fault);
        }

        short version;
        lock (gate)
        {
            if (lost is not null)
            {
                throw Refusal(StatusCode.Unavailable, lost);
            }

            owner ??= connection;
            Path ??= call.Method;
            if (owner != connection)
            {
                throw Refusal(StatusCode.FailedPrecondition, "This port already serves another player; use another port.");
            }

            if (held is not null || Path != call.Method)
            {
                throw Refusal(StatusCode.FailedPrecondition, "A player makes one call at a time, to one service.");
            }

            replied.Reset();
            version = replied.Version;
            held = request;
            arrived.Set();
        }

        using (call.CancellationToken.UnsafeRegister(
            static state => ((PlayerMailbox)state!).Lose("The player gave up waiting for its actions."), this))
        {
            await new ValueTask(this, version).ConfigureAwait(false);
        }

        return Reply;
    }

    /// <inheritdoc/>
    public void ConnectionClosed(string connection)
    {
        if (Knows(connection))
        {
            Lose("The player closed its connection.");
            gone.Set();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Lose("The trainer has closed.");
        arrived.Dispose();
        gone.Dispose();
        Reply.Dispose();
    }

    /// <summary>What is wrong with the first message of a connection; null if it is a player's, whom the trainer may yet refuse.</summary>
    private static string? Introduction(MemoryOwner<byte> message, string path)
    {
        try
        {
            TrainerDialect.ForPath(path).ReadHello(message.Span);
        }
        catch (PlayerLostException e)
        {
            return e.Message;
        }
        catch (InputException)
        {
            // The trainer reads it again, and tells its user.
        }

        return null;
    }

    private string Silence(string waited)
    {
        lock (gate)
        {
            return Path is not null ? $"The player said nothing for {waited}."
                : stranger is null ? $"No player connected within {waited}."
                : $"No player connected within {waited}; what called was turned away: {stranger}";
        }
    }

    private static RpcException Refusal(StatusCode code, string sentence) => new(new Status(code, sentence));

    void IValueTaskSource.GetResult(short token) => replied.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => replied.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        replied.OnCompleted(continuation, state, token, flags);
}
