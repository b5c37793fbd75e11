using System.CommandLine;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Player;
using Reacher.Fast.Training.Policies;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Commands;

/// <summary><c>player</c>: serves the built-in arm as a Unity player, for any ML-Agents trainer, or plays it by a policy.</summary>
internal static class PlayerCommand
{
    public static Command Create()
    {
        var current = new PortOption("--mlagents-port") { Description = "The trainer's port; speak communicator 1.5.0 (current packages)." };
        var old = new PortOption("--port") { Description = "The trainer's port; speak API-4 (2018, Udacity's Reacher)." };
        var arms = new WholeNumberOption("--num-arms", 1, ArmOptions.MaximumArmCount)
        {
            Description = "Arms in the scene.",
            DefaultValueFactory = _ => new ArmOptions().ArmCount,
        };
        var maxStep = new NumberOption<int>("--max-step", "a number of physics steps, 0 for no limit")
        {
            Description = "Physics steps of an episode, four to a decision.",
            DefaultValueFactory = _ => new ArmOptions().MaxSteps,
        };
        var realTime = new Option<bool>("--real-time")
        {
            Description = "Take 0.08 s over the trainer's time scale for a decision, as a player on a screen does.",
        };
        var policy = new Option<string?>("--policy")
        {
            Description = "Play by this policy, without a trainer: a run id, a run's folder, a checkpoint, or a policy's file (safetensors, ONNX).",
        };
        var episodes = new Option<long>("--episodes") { Description = "With --policy: episodes to play; 0 to play until interrupted." };
        var seed = new Option<ulong>("--seed") { Description = "With --policy: seed of the first episode." };
        Option<string> results = CommonOptions.ResultsFolder();
        var noGraphics = new Option<bool>("-nographics") { Description = "Accepted, as a Unity player does." };
        var batchMode = new Option<bool>("-batchmode") { Description = "Accepted, as a Unity player does." };
        var log = new Option<string?>("-logFile") { Description = "Where to write the log; standard error if not given." };
        var command = new Command(
            "player", "Serve the built-in arm as a Unity player would, so that any ML-Agents trainer can train it; or play it by a policy.")
        {
            current, old, arms, maxStep, realTime, policy, episodes, seed, results, log, noGraphics, batchMode,
        };
        command.SetAction(result =>
        {
            int? port = result.GetValue(current) ?? result.GetValue(old);
            string? played = result.GetValue(policy);
            if (port is null == played is null)
            {
                throw new InputException(
                    "A player is served to a trainer or plays by a policy: give either the trainer's port, as --mlagents-port P (current trainers) " +
                    "or --port P (API-4), or --policy FILE.");
            }

            var scene = new ArmOptions { ArmCount = result.GetValue(arms), MaxSteps = result.GetValue(maxStep) };
            scene.Validate();
            using IPolicy? opened = played is null ? null : PolicyLoader.Open(RunSource.Find(played, result.GetValue(results)!).PolicyFile);
            string? path = result.GetValue(log);
            using TextWriter? file = path is null ? null : OpenLog(path);
            TextWriter output = file ?? Console.Error;
            TimeSpan? decisionTime = result.GetValue(realTime) ? TimeSpan.FromSeconds(0.08) : null;
            using var end = new CancellationTokenSource();
            using var signals = new EndSignals(_ => end.Cancel());
            Task<PlayerSummary> running = opened is null
                ? MlAgentsPlayer.RunAsync(
                    scene,
                    new PlayerOptions
                    {
                        Port = port!.Value,
                        Generation = result.GetValue(current) is null ? ProtocolGeneration.Api4 : ProtocolGeneration.V150,
                        DecisionTime = decisionTime,
                        Log = output.WriteLine,
                    },
                    end.Token)
                : PolicyPlayer.RunAsync(
                    scene,
                    opened,
                    new PolicyPlayerOptions
                    {
                        Episodes = result.GetValue(episodes),
                        Seed = result.GetValue(seed),
                        DecisionTime = decisionTime,
                        Log = output.WriteLine,
                    },
                    end.Token);
            PlayerSummary summary = running.GetAwaiter().GetResult();
            output.WriteLine($"{summary.Decisions} decisions, {summary.Resets} resets; {summary.EndedBy}");
        });
        return command;
    }

    private static StreamWriter OpenLog(string path)
    {
        try
        {
            return new StreamWriter(path) { AutoFlush = true };
        }
        catch (Exception error) when (IoFailure.Is(error) || error is ArgumentException)
        {
            throw new InputException($"The log '{path}' cannot be written: {AtomicFile.Reason(error)}; choose another place with -logFile.", error);
        }
    }
}
