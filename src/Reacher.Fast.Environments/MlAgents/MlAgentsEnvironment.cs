using System.Buffers;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.MlAgents;

/// <summary>
/// A Unity player as a vector environment: the trainer's side of ML-Agents' communicator, in the generation the player
/// speaks. The trainer is the gRPC server and the player calls it; a call carries what the agents saw, its reply what they do.
/// <para>
/// The rows are the agents of the first message, for good; how agents that come, go and return are placed in them, and which
/// transitions are lost thereby, is <see cref="AgentSlots"/>'s. The player's seed is given once, at the handshake
/// (<see cref="MlAgentsOptions.Seed"/>): later resets restart its episodes, but no seed reaches it any more.
/// </para>
/// </summary>
public sealed class MlAgentsEnvironment : IVectorEnvironment
{
    /// <summary>Ports tried, in steps of the number of workers, before a player is started for none.</summary>
    private const int PortsTried = 10;

    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    private readonly MlAgentsOptions options;
    private readonly PlayerMailbox mailbox = new();
    private readonly PlayerReport report = new();
    private KestrelUnaryHost? host;
    private PlayerProcess? process;
    private TrainerDialect dialect = null!;
    private AgentSlots slots = null!;
    private bool fresh;
    private bool disposed;

    private MlAgentsEnvironment(MlAgentsOptions options)
    {
        this.options = options;
        Patience = options.Timeout;
    }

    /// <inheritdoc/>
    public int AgentCount { get; private set; }

    /// <inheritdoc/>
    public int ObservationSize => dialect.Behavior!.ObservationSize;

    /// <inheritdoc/>
    public int ActionSize => dialect.Behavior!.ActionSize;

    /// <summary>The behaviour trained, as the scene names it (API-4: its brain).</summary>
    public string BehaviorName => dialect.Behavior!.Name;

    /// <summary>The port the player is connected to.</summary>
    public int Port => host!.Port;

    /// <summary>How long any one message is waited for.</summary>
    internal TimeSpan Patience { get; set; }

    /// <summary>Transitions since the start that had no usable successor and were marked lost, of all rows.</summary>
    public long LostTransitions { get; private set; }

    /// <summary>Statistics the scene has reported since the list was last cleared, oldest first; whoever reads them clears it.</summary>
    public IList<PlayerStatistic> Statistics => report.Statistics;

    /// <summary>
    /// Listens, starts the player if one is named, and talks to it up to its agents' first observations, from which the sizes
    /// are known.
    /// </summary>
    /// <exception cref="InputException">The port, the player or its scene cannot be used.</exception>
    /// <exception cref="PlayerLostException">The player did not come, or left.</exception>
    public static MlAgentsEnvironment Launch(MlAgentsOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var environment = new MlAgentsEnvironment(options);
        try
        {
            environment.Listen();
            environment.StartPlayer();
            environment.Greet(cancellation);
            return environment;
        }
        catch (PlayerLostException e)
        {
            PlayerLostException told = environment.WithTail(e);
            environment.Dispose();
            throw told;
        }
        catch
        {
            environment.Dispose();
            throw;
        }
    }

    /// <summary>Starts new episodes; directly after <see cref="Launch"/> the player's first ones are taken as they are.</summary>
    /// <param name="seed">Not sent: a player takes its seed at the handshake.</param>
    /// <param name="observations">[N, observation], written.</param>
    /// <exception cref="PlayerLostException">The player did not answer in time, or left.</exception>
    public void Reset(ulong seed, Span<float> observations)
    {
        if (!fresh)
        {
            Guarded(SendReset);
        }

        fresh = false;
        slots.Latest.CopyTo(observations);
    }

    /// <inheritdoc/>
    /// <exception cref="InputException">The scene sent NaN, or changed into one that cannot be trained.</exception>
    /// <exception cref="PlayerLostException">The player did not answer in time, or left.</exception>
    public void Step(ReadOnlySpan<float> actions, in VectorStep step)
    {
        fresh = false;
        try
        {
            Exchange(actions, step);
        }
        catch (PlayerLostException e)
        {
            throw WithTail(e);
        }
    }

    /// <summary>Tells the player to close, waits a moment, and ends it if it was started here and does not go.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        bool told = false;
        if (mailbox.IsHolding && mailbox.Path is not null)
        {
            (dialect ?? TrainerDialect.ForPath(mailbox.Path)).WriteClose(mailbox.Reply);
            try
            {
                mailbox.Send(last: true);
                mailbox.WaitUntilGone(CloseGrace);
                told = true;
            }
            catch (PlayerLostException)
            {
                // It went first.
            }
        }

        // A player that holds no call cannot be told to close: it hangs, or is on its way out.
        process?.Stop(told ? CloseGrace : TimeSpan.Zero);
        process?.Dispose();
        mailbox.Lose("The trainer has closed.");
        host?.Dispose();
        mailbox.Dispose();
    }

    private void Exchange(ReadOnlySpan<float> actions, in VectorStep step)
    {
        slots.BeginStep(step);
        dialect.WriteStep(mailbox.Reply, slots.Order, actions);
        long deadline = Deadline();
        while (true)
        {
            mailbox.Send();
            dialect.Read(mailbox.Receive(Patience), report);
            slots.Take(report, step);
            if (report.GlobalDone)
            {
                Restart(step);
            }

            if (slots.Asking > 0)
            {
                break;
            }

            // A message of nothing but episode ends: their agents ask again in one of the next.
            ThrowIfPast(deadline);
            dialect.WriteStep(mailbox.Reply, slots.Order, actions);
        }

        slots.EndStep(step);
        foreach (bool lost in step.Lost)
        {
            LostTransitions += lost ? 1 : 0;
        }
    }

    /// <summary>API-4's academy is done as a whole: all episodes end here, and only a reset is understood.</summary>
    private void Restart(in VectorStep step)
    {
        SendReset();
        step.Truncated.Fill(true);
        step.Terminated.Clear();
        step.Lost.Fill(true);
    }

    private void SendReset()
    {
        dialect.WriteReset(mailbox.Reply, options);
        mailbox.Send();
        ReceiveFirst(default);
    }

    private void Listen()
    {
        int port = options.FirstPort;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                host = KestrelUnaryHost.Start(mailbox, options.Address, port);
                options.Log?.Invoke($"Worker {options.WorkerId} listens on port {host.Port}.");
                options.Listening?.Invoke(host.Port);
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

    private void Greet(CancellationToken cancellation)
    {
        ReadOnlySequence<byte> first = mailbox.Receive(Patience, cancellation);
        dialect = TrainerDialect.ForPath(mailbox.Path!);
        string player = dialect.ReadHello(first);
        options.Log?.Invoke($"Connected: {player}.");
        dialect.WriteWelcome(mailbox.Reply, options, options.Seed + options.WorkerId);
        mailbox.Send();

        // The second message is empty: the player waits for its reset.
        dialect.Read(mailbox.Receive(Patience, cancellation), report);
        dialect.WriteReset(mailbox.Reply, options);
        mailbox.Send();
        ReceiveFirst(cancellation);
        fresh = true;
        options.Log?.Invoke(
            $"Behaviour '{BehaviorName}': {AgentCount} agents, {ObservationSize} observations, {ActionSize} actions.");
    }

    /// <summary>Receives until agents ask for actions; a scene may take a few messages to bring them forth.</summary>
    private void ReceiveFirst(CancellationToken cancellation)
    {
        long deadline = Deadline();
        while (true)
        {
            dialect.Read(mailbox.Receive(Patience, cancellation), report);
            if (CountAsking() > 0)
            {
                if (AgentCount == 0)
                {
                    AgentCount = CountAsking();
                    slots = new AgentSlots(dialect.Behavior!, AgentCount, dialect.DoneBringsNextEpisode);
                }

                slots.Restart();
                slots.TakeFirst(report);
                if (slots.LeftOut > 0)
                {
                    options.Log?.Invoke($"{slots.LeftOut} agents more than at the start are left out: they get zero actions.");
                }

                return;
            }

            ThrowIfPast(deadline);
            dialect.WriteStep(mailbox.Reply, [], []);
            mailbox.Send();
        }
    }

    private long Deadline() => Environment.TickCount64 + (long)Patience.TotalMilliseconds;

    private void ThrowIfPast(long deadline)
    {
        if (Environment.TickCount64 > deadline)
        {
            throw new PlayerLostException($"None of the player's agents asked for an action within {Patience.TotalSeconds:0.#} s.");
        }
    }

    private int CountAsking()
    {
        int asking = 0;
        for (int i = 0; i < report.Count; i++)
        {
            asking += dialect.DoneBringsNextEpisode || !report.Done[i] ? 1 : 0;
        }

        return asking;
    }

    private void Guarded(Action conversation)
    {
        try
        {
            conversation();
        }
        catch (PlayerLostException e)
        {
            throw WithTail(e);
        }
    }

    /// <summary>What the player's process says of its end is nearer to the cause than what its connection does.</summary>
    private PlayerLostException WithTail(PlayerLostException e) => process is null
        ? e
        : new PlayerLostException(process.WaitForEnd(EndGrace) ?? e.Message, e) { LogTail = process.Tail };
}
