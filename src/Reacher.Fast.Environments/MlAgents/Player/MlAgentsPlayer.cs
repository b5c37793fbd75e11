using System.Diagnostics;
using System.Globalization;
using CommunityToolkit.HighPerformance.Buffers;
using Grpc.Core;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Wire;

namespace Reacher.Fast.Environments.MlAgents.Player;

/// <summary>
/// Serves an environment as a Unity player would, so that any ML-Agents trainer can train it: connects to the trainer,
/// introduces itself, and from then on sends what the agents saw and receives what they do.
/// <para>
/// The trainer's seed (told once) seeds the first reset; the n-th further reset takes a key of that seed and n, so that a run repeats.
/// Trainers give the players of a run seeds that count up, and no two of those players have a reset in common.
/// </para>
/// </summary>
public static class MlAgentsPlayer
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ClosingDeadline = TimeSpan.FromSeconds(1);

    /// <summary>Serves the built-in arm; a trainer may set its parameters <c>goal_size</c> and <c>goal_speed</c>.</summary>
    /// <inheritdoc cref="RunAsync(Func{IReadOnlyDictionary{string, float}, IVectorEnvironment}, PlayerOptions, CancellationToken)"/>
    public static Task<PlayerSummary> RunAsync(ArmOptions arms, PlayerOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(arms);
        ArgumentNullException.ThrowIfNull(options);
        const string goalSpeed = "goal_speed";
        const string goalSize = "goal_size";
        return RunAsync(
            parameters => new ArmEnvironment(arms with { GoalSpeed = parameters[goalSpeed], GoalSize = parameters[goalSize] }),
            options with
            {
                EnvironmentParameters = new Dictionary<string, float> { [goalSpeed] = arms.GoalSpeed, [goalSize] = arms.GoalSize },
            },
            cancellation);
    }

    /// <summary>Serves whatever <paramref name="factory"/> makes, until the trainer closes or leaves.</summary>
    /// <param name="factory">Makes the environment for given parameters; called again when a reset changes one of those named
    /// in <see cref="PlayerOptions.EnvironmentParameters"/>. Numbers of agents and sizes must not change with them.</param>
    /// <param name="options">The trainer's address and generation.</param>
    /// <param name="cancellation">Ends the player; the trainer is told.</param>
    /// <exception cref="InputException">No trainer answers in time, or it sends what this environment cannot take.</exception>
    public static async Task<PlayerSummary> RunAsync(
        Func<IReadOnlyDictionary<string, float>, IVectorEnvironment> factory,
        PlayerOptions options,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var address = new UriBuilder(Uri.UriSchemeHttp, options.Host, options.Port).Uri;
        PlayerDialect dialect = PlayerDialect.For(options);
        using var trainer = new ExchangeClient(address, dialect.Path);
        using var scene = new PlayerScene(factory, options.EnvironmentParameters);
        using var conversation = new Conversation(trainer, dialect, scene, options, cancellation);
        return await conversation.RunAsync().ConfigureAwait(false);
    }

    /// <summary>One player's conversation with its trainer.</summary>
    private sealed class Conversation(
        ExchangeClient trainer, PlayerDialect dialect, PlayerScene scene, PlayerOptions options, CancellationToken cancellation) : IDisposable
    {
        private readonly ArrayPoolBufferWriter<byte> request = new();
        private readonly TrainerCommand command = new();
        private readonly DecisionPace pace = new(options.DecisionTime, TimeProvider.System);
        private long decisions;
        private long resets;

        public void Dispose() => request.Dispose();

        public async Task<PlayerSummary> RunAsync()
        {
            try
            {
                return await ConverseAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or RpcException && cancellation.IsCancellationRequested)
            {
                return Summary("interrupted");
            }
            catch (RpcException e) when (resets > 0)
            {
                // Published trainers stop their server right behind the closing message, which often overtakes it.
                return Summary($"the trainer left ({ExchangeClient.Reason(e)})");
            }
            catch (RpcException e)
            {
                throw new InputException(
                    $"The trainer at {options.Host}:{options.Port} ended the handshake ({e.StatusCode}: {ExchangeClient.Reason(e)}).", e);
            }
        }

        private async Task<PlayerSummary> ConverseAsync()
        {
            dialect.WriteHello(request, scene);
            await ConnectAsync().ConfigureAwait(false);
            if (command.Kind == TrainerCommandKind.Close)
            {
                return Summary("the trainer refused this player");
            }

            options.Log?.Invoke($"Connected to the trainer at {options.Host}:{options.Port}, seed {command.Seed}.");
            dialect.WriteReady(request);
            await ExchangeAsync().ConfigureAwait(false);
            while (!cancellation.IsCancellationRequested)
            {
                switch (command.Kind)
                {
                    case TrainerCommandKind.Close:
                        return Summary("the trainer closed");
                    case TrainerCommandKind.Step when resets > 0:
                        scene.Step(command);
                        decisions++;
                        await pace.WaitAsync(command.TimeScale, cancellation).ConfigureAwait(false);
                        break;
                    default:
                        // A trainer that steps before its first reset gets one all the same, as Unity's academy does.
                        scene.Reset(command, SeedOfReset(resets++));
                        break;
                }

                dialect.WriteOutput(request, scene);
                await ExchangeAsync().ConfigureAwait(false);
            }

            await CloseAsync().ConfigureAwait(false);
            return Summary("interrupted");
        }

        private ulong SeedOfReset(long reset)
        {
            ulong seed = unchecked((ulong)command.Seed);
            return reset == 0 ? seed : SplitMix64.Key(seed, agent: 0, reset);
        }

        /// <summary>Sends the introduction until a trainer listens.</summary>
        private async Task ConnectAsync()
        {
            long started = Stopwatch.GetTimestamp();
            bool told = false;
            while (true)
            {
                try
                {
                    await ExchangeAsync().ConfigureAwait(false);
                    return;
                }
                catch (RpcException e) when (NobodyAnswers(e) && Stopwatch.GetElapsedTime(started) < options.Timeout)
                {
                    if (!told)
                    {
                        options.Log?.Invoke($"Waiting for a trainer at {options.Host}:{options.Port}.");
                        told = true;
                    }

                    await Task.Delay(RetryInterval, cancellation).ConfigureAwait(false);
                }
                catch (RpcException e) when (NobodyAnswers(e))
                {
                    throw new InputException(
                        $"No trainer listens at {options.Host}:{options.Port} after " +
                        $"{options.Timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s; " +
                        "start the trainer, or correct the port.", e);
                }
            }
        }

        /// <summary>
        /// Whether nothing listens, or something that is no gRPC server: it may end yet, and a trainer take its port. The library calls
        /// the second INTERNAL as well as UNAVAILABLE.
        /// </summary>
        private static bool NobodyAnswers(RpcException e) =>
            e.StatusCode == StatusCode.Unavailable || e.Status.DebugException is HttpRequestException or IOException;

        private async Task ExchangeAsync()
        {
            using MemoryOwner<byte> reply = await trainer.CallAsync(request, cancellation: cancellation).ConfigureAwait(false);
            dialect.Read(reply.Span, command);
        }

        private async Task CloseAsync()
        {
            dialect.WriteClosing(request);
            try
            {
                (await trainer.CallAsync(request, ClosingDeadline).ConfigureAwait(false)).Dispose();
            }
            catch (RpcException)
            {
                // It was told, or is gone.
            }
        }

        private PlayerSummary Summary(string endedBy)
        {
            options.Log?.Invoke($"Ended after {decisions} decisions and {resets} resets: {endedBy}.");
            return new PlayerSummary(decisions, resets, endedBy);
        }
    }
}
