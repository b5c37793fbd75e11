using CommunityToolkit.HighPerformance.Buffers;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>
/// One player as the trainer sees it, at the other end of one port, from listening to closing: the server, the mailbox behind
/// it, and the player's process where it is started here. What is said over it is <see cref="MlAgentsEnvironment"/>'s.
/// </summary>
internal sealed class PlayerConnection : IDisposable
{
    /// <summary>How long a player that was told to close may take, and then again its process.</summary>
    public static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(5);

    /// <summary>Ports tried, in steps of the number of workers, before a player is started for none.</summary>
    private const int PortsTried = 10;

    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    /// <summary>A silent connection is closed after the trainer has lost its patience, so that the trainer says what was wrong.</summary>
    private static readonly TimeSpan IdleGrace = TimeSpan.FromSeconds(30);

    private readonly MlAgentsOptions options;
    private readonly CancellationToken cancellation;
    private readonly PlayerMailbox mailbox = new();
    private ExchangeServer? server;
    private PlayerProcess? process;

    private PlayerConnection(MlAgentsOptions options, CancellationToken cancellation)
    {
        this.options = options;
        this.cancellation = cancellation;
        Patience = options.Timeout;
    }

    /// <summary>The port listened on.</summary>
    public int Port => server!.Port;

    /// <summary>The service the player called, which tells its generation; null before its first call.</summary>
    public string? Path => mailbox.Path;

    /// <summary>The next reply; filled before <see cref="Send"/>.</summary>
    public ArrayPoolBufferWriter<byte> Reply => mailbox.Reply;

    /// <summary>How long any one message is waited for.</summary>
    public TimeSpan Patience { get; set; }

    /// <summary>Listens, and starts the player if one is named.</summary>
    /// <param name="options">Options that have been validated.</param>
    /// <param name="cancellation">Ends any wait of <see cref="Receive"/>, now or later.</param>
    /// <exception cref="InputException">The port is taken, or the player cannot be started.</exception>
    public static PlayerConnection Open(MlAgentsOptions options, CancellationToken cancellation)
    {
        var connection = new PlayerConnection(options, cancellation);
        try
        {
            connection.Listen();
            connection.StartPlayer();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the player's next message.</summary>
    /// <returns>The message, valid until <see cref="Send"/>.</returns>
    /// <exception cref="PlayerLostException">The player left, or said nothing within <see cref="Patience"/>.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public ReadOnlySpan<byte> Receive() => mailbox.Receive(Patience, cancellation);

    /// <summary>Sends what <see cref="Reply"/> holds to the player.</summary>
    /// <exception cref="PlayerLostException">The player left meanwhile.</exception>
    public void Send() => mailbox.Send();

    /// <summary>What the player's process says of its end is nearer to the cause than what its connection does.</summary>
    public PlayerLostException WithTail(PlayerLostException e) => process is null
        ? e
        : new PlayerLostException(process.WaitForEnd(EndGrace) ?? e.Message, e) { LogTail = process.Tail };

    /// <summary>Tells the player to close, waits a moment, and ends it if it was started here and does not go.</summary>
    public void Dispose()
    {
        // A player that holds no call cannot be told to close: it hangs, or is on its way out.
        bool told = mailbox.IsHolding && mailbox.Path is not null && TellToClose(mailbox.Path);
        process?.Stop(told ? CloseGrace : TimeSpan.Zero);
        process?.Dispose();
        mailbox.Lose("The trainer has closed.");
        server?.Dispose();
        mailbox.Dispose();
    }

    private bool TellToClose(string path)
    {
        TrainerDialect.ForPath(path).WriteClose(mailbox.Reply);
        try
        {
            mailbox.Send(last: true);
            mailbox.WaitUntilGone(CloseGrace);
            return true;
        }
        catch (PlayerLostException)
        {
            // It went first.
            return false;
        }
    }

    private void Listen()
    {
        if (options.Player is not null && !options.IsEditor)
        {
            // Nobody should read of a port for a player that is not there.
            PlayerProcess.Resolve(options.Player, options.Otherwise);
        }

        int port = options.FirstPort;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                server = ExchangeServer.Start(mailbox, options.Address, port, Patience + IdleGrace);
                options.Log?.Invoke($"Worker {options.WorkerId} listens on port {server.Port}.");
                options.Listening?.Invoke(server.Port);
                return;
            }
            catch (IOException e)
            {
                int next = port + options.WorkerCount;
                // Only a player that is started here can be told another port than the one it was built or configured for.
                bool canSkip = options.Player is not null && !options.IsEditor && attempt + 1 < PortsTried && next <= 65535;
                if (!canSkip)
                {
                    throw new InputException(
                        $"Port {port} is taken, perhaps by another run; choose another base port or end what holds it.", e);
                }

                options.Log?.Invoke($"Port {port} is taken, perhaps by another run; trying {next}.");
                port = next;
            }
        }
    }

    private void StartPlayer()
    {
        if (options.Player is not null && !options.IsEditor)
        {
            process = PlayerProcess.Start(options, Port, mailbox.Lose);
        }
        else
        {
            options.Log?.Invoke(options.IsEditor
                ? $"Waiting on port {Port}: press Play in the Unity editor."
                : $"Waiting on port {Port} for a player.");
        }
    }
}
