using System.Globalization;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Player;

namespace Reacher.Fast.TestChild;

/// <summary>
/// A Unity player as a trainer starts one: <c>[-nographics -batchmode] [--mlagents-port P] [--port P] [arguments]</c>. Arguments
/// of its own: <c>--api4</c>, <c>--arms N</c>, <c>--max-steps N</c>, <c>--exit-at N</c> (crash at decision N), <c>--hang-at N</c>; and
/// <c>--scene NAME --agents N --observations N --actions N</c> for a <see cref="ScriptedScene"/> in place of the arms.
/// </summary>
internal static class MlAgentsPlayerCommand
{
    public static bool Is(string[] args) => args.Contains("--mlagents-port") || args.Contains("--port");

    public static int Run(string[] args)
    {
        Console.WriteLine($"player: {string.Join(' ', args)}");
        var arms = new ArmOptions { ArmCount = Number(args, "--arms") ?? 20, MaxSteps = Number(args, "--max-steps") ?? 4000 };
        bool api4 = args.Contains("--api4") || !args.Contains("--mlagents-port");
        var options = new PlayerOptions
        {
            Port = Number(args, "--mlagents-port") ?? Number(args, "--port")!.Value,
            Generation = api4 ? ProtocolGeneration.Api4 : ProtocolGeneration.V150,
            Log = Console.Error.WriteLine,
        };
        int scene = Array.IndexOf(args, "--scene");
        if (scene >= 0)
        {
            MlAgentsPlayer.RunAsync(
                _ => new ScriptedScene(Number(args, "--agents")!.Value, Number(args, "--observations")!.Value, Number(args, "--actions")!.Value),
                options with { BehaviorName = args[scene + 1] }).GetAwaiter().GetResult();
            return 0;
        }

        if (Number(args, "--exit-at") is null && Number(args, "--hang-at") is null)
        {
            MlAgentsPlayer.RunAsync(arms, options).GetAwaiter().GetResult();
            return 0;
        }

        MlAgentsPlayer.RunAsync(
            _ => new Failing(new ArmEnvironment(arms), Number(args, "--exit-at"), Number(args, "--hang-at")), options).GetAwaiter().GetResult();
        return 0;
    }

    private static int? Number(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at < 0 ? null : int.Parse(args[at + 1], CultureInfo.InvariantCulture);
    }

    /// <summary>An environment that dies or hangs at a given decision.</summary>
    private sealed class Failing(IVectorEnvironment inner, int? exitAt, int? hangAt) : IVectorEnvironment
    {
        private int decision;

        public int AgentCount => inner.AgentCount;

        public int ObservationSize => inner.ObservationSize;

        public int ActionSize => inner.ActionSize;

        public void Reset(ulong seed, Span<float> observations) => inner.Reset(seed, observations);

        public void Step(ReadOnlySpan<float> actions, in VectorStep step)
        {
            decision++;
            if (decision == exitAt)
            {
                Console.Error.WriteLine("the scene burst");
                Environment.Exit(7);
            }

            if (decision == hangAt)
            {
                Thread.Sleep(Timeout.Infinite);
            }

            inner.Step(actions, step);
        }

        public void Dispose() => inner.Dispose();
    }
}
