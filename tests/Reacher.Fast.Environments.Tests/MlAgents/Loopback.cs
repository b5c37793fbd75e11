using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Player;
using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>A trainer and a player of ours in one process, joined by a loopback socket.</summary>
internal sealed class Loopback : IDisposable
{
    private readonly CancellationTokenSource stop = new();

    private Loopback()
    {
    }

    public MlAgentsEnvironment Trainer { get; private set; } = null!;

    public Task<PlayerSummary> Player { get; private set; } = null!;

    public static Loopback OfArms(ProtocolGeneration generation, ArmOptions arms, MlAgentsOptions options) => Of(
        options, (port, stop) => MlAgentsPlayer.RunAsync(arms, new PlayerOptions { Port = port, Generation = generation }, stop));

    public static Loopback Of(MlAgentsOptions options, Func<int, CancellationToken, Task<PlayerSummary>> player)
    {
        var loopback = new Loopback();
        loopback.Trainer = MlAgentsEnvironment.Launch(options with
        {
            BasePort = 0,
            Timeout = TimeSpan.FromSeconds(30),
            Listening = port => loopback.Player = Task.Run(() => player(port, loopback.stop.Token)),
        });
        return loopback;
    }

    public void Dispose()
    {
        Trainer.Dispose();
        stop.Cancel();
        Player.Wait(TimeSpan.FromSeconds(30));
        stop.Dispose();
    }
}
