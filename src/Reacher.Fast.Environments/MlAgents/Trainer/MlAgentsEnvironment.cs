using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

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
    /// <summary>The longest that <see cref="Dispose"/> takes with a player that does not close when told to.</summary>
    public static readonly TimeSpan LongestClose = 2 * PlayerConnection.CloseGrace;

    private readonly MlAgentsOptions options;
    private readonly PlayerConnection player;
    private readonly PlayerReport report = new();
    private TrainerDialect dialect = null!;
    private AgentSlots slots = null!;
    private UnlearnedAgents unlearned = null!;
    private bool fresh;
    private bool disposed;

    private MlAgentsEnvironment(MlAgentsOptions options, PlayerConnection player)
    {
        this.options = options;
        this.player = player;
    }

    /// <inheritdoc/>
    public int AgentCount { get; private set; }

    /// <inheritdoc/>
    public int ObservationSize => dialect.Behavior!.ObservationSize;

    /// <inheritdoc/>
    public ObservationLayout ObservationLayout => dialect.Behavior!.Observations;

    /// <inheritdoc/>
    public int ActionSize => dialect.Behavior!.ActionSize;

    /// <summary>The behaviour trained, as the scene names it (API-4: its brain).</summary>
    public string BehaviorName => dialect.Behavior!.Name;

    /// <summary>The port the player is connected to.</summary>
    public int Port => player.Port;

    /// <summary>How long any one message is waited for.</summary>
    internal TimeSpan Patience
    {
        get => player.Patience;
        set => player.Patience = value;
    }

    /// <summary>Transitions since the start that had no usable successor and were marked lost, of all rows.</summary>
    public long LostTransitions { get; private set; }

    /// <summary>Statistics the scene has reported since the list was last cleared, oldest first; whoever reads them clears it.</summary>
    public IList<PlayerStatistic> Statistics => report.Statistics;

    /// <summary>
    /// Listens, starts the player if one is named, and talks to it up to its agents' first observations, from which the sizes
    /// are known.
    /// </summary>
    /// <param name="options">The player, and how to reach it.</param>
    /// <param name="cancellation">Ends any wait for the player, here and in every later call, which then throws
    /// <see cref="OperationCanceledException"/>; the environment is good for nothing but <see cref="Dispose"/> then.</param>
    /// <exception cref="InputException">The port, the player or its scene cannot be used.</exception>
    /// <exception cref="PlayerLostException">The player did not come, or left.</exception>
    public static MlAgentsEnvironment Launch(MlAgentsOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var environment = new MlAgentsEnvironment(options, PlayerConnection.Open(options, cancellation));
        try
        {
            environment.Greet();
            return environment;
        }
        catch (PlayerLostException e)
        {
            PlayerLostException told = environment.player.WithTail(e);
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
        try
        {
            if (!fresh)
            {
                SendReset();
            }
        }
        catch (PlayerLostException e)
        {
            throw player.WithTail(e);
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
            throw player.WithTail(e);
        }
    }

    /// <summary>Tells the player to close, waits a moment, and ends it if it was started here and does not go.</summary>
    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            player.Dispose();
        }
    }

    private void Exchange(ReadOnlySpan<float> actions, in VectorStep step)
    {
        slots.BeginStep(step);
        dialect.WriteStep(player.Reply, slots.Order, actions);
        long deadline = Deadline();
        while (true)
        {
            player.Send();
            dialect.Read(player.Receive(), report);
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
            dialect.WriteStep(player.Reply, slots.Order, actions);
        }

        slots.EndStep(step);
        unlearned.Take(slots.Order, step.Activity);
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
        dialect.WriteReset(player.Reply, options);
        player.Send();
        ReceiveFirst();
    }

    private void Greet()
    {
        ReadOnlySpan<byte> first = player.Receive();
        dialect = TrainerDialect.ForPath(player.Path!);
        string name = dialect.ReadHello(first);
        options.Log?.Invoke($"Connected: {name}.");
        dialect.WriteWelcome(player.Reply, options, options.Seed + options.WorkerId);
        player.Send();

        // The second message is empty: the player waits for its reset.
        dialect.Read(player.Receive(), report);
        SendReset();
        fresh = true;
        options.Log?.Invoke(
            $"Behaviour '{BehaviorName}': {AgentCount} agents, {ObservationSize} observations{Sensors()}, {ActionSize} actions.");
    }

    private string Sensors() => ObservationLayout.IsVector ? "" : $" ({ObservationLayout})";

    /// <summary>Receives until agents ask for actions; a scene may take a few messages to bring them forth.</summary>
    private void ReceiveFirst()
    {
        long deadline = Deadline();
        while (true)
        {
            dialect.Read(player.Receive(), report);
            if (CountAsking() > 0)
            {
                if (AgentCount == 0)
                {
                    AgentCount = CountAsking();
                    slots = new AgentSlots(dialect.Behavior!, AgentCount, dialect.DoneBringsNextEpisode);
                    unlearned = new UnlearnedAgents(AgentCount, options.Warn);
                }

                slots.Restart();
                slots.TakeFirst(report);
                return;
            }

            ThrowIfPast(deadline);
            dialect.WriteStep(player.Reply, [], []);
            player.Send();
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
}
