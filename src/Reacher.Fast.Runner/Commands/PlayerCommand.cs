using System.CommandLine;
using System.Runtime.InteropServices;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Player;

namespace Reacher.Fast.Runner.Commands;

/// <summary><c>player</c>: serves the built-in arm as a Unity player, for any ML-Agents trainer.</summary>
internal static class PlayerCommand
{
    public static Command Create()
    {
        var current = new Option<int?>("--mlagents-port") { Description = "The trainer's port; speak communicator 1.5.0 (current packages)." };
        var old = new Option<int?>("--port") { Description = "The trainer's port; speak API-4 (2018, Udacity's Reacher)." };
        var arms = new Option<int>("--num-arms") { Description = "Arms in the scene.", DefaultValueFactory = _ => new ArmOptions().ArmCount };
        var maxStep = new Option<int>("--max-step")
        {
            Description = "Physics steps of an episode, four to a decision.",
            DefaultValueFactory = _ => new ArmOptions().MaxSteps,
        };
        var realTime = new Option<bool>("--real-time")
        {
            Description = "Take 0.08 s over the trainer's time scale for a decision, as a player on a screen does.",
        };
        var noGraphics = new Option<bool>("-nographics") { Description = "Accepted, as a Unity player does." };
        var batchMode = new Option<bool>("-batchmode") { Description = "Accepted, as a Unity player does." };
        var log = new Option<string?>("-logFile") { Description = "Where to write the log; standard error if not given." };
        var command = new Command("player", "Serve the built-in arm as a Unity player would, so that any ML-Agents trainer can train it.")
        {
            current, old, arms, maxStep, realTime, log, noGraphics, batchMode,
        };
        command.SetAction(result =>
        {
            int? port = result.GetValue(current) ?? result.GetValue(old);
            if (port is null)
            {
                throw new InputException("A player needs the trainer's port: give --mlagents-port P (current trainers) or --port P (API-4).");
            }

            var scene = new ArmOptions { ArmCount = result.GetValue(arms), MaxSteps = result.GetValue(maxStep) };
            scene.Validate();
            string? path = result.GetValue(log);
            using TextWriter? file = path is null ? null : new StreamWriter(path) { AutoFlush = true };
            using var end = new CancellationTokenSource();
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
            PlayerSummary summary = MlAgentsPlayer.RunAsync(
                scene,
                new PlayerOptions
                {
                    Port = port.Value,
                    Generation = result.GetValue(current) is null ? ProtocolGeneration.Api4 : ProtocolGeneration.V150,
                    DecisionTime = result.GetValue(realTime) ? TimeSpan.FromSeconds(0.08) : null,
                    Log = line => (file ?? Console.Error).WriteLine(line),
                },
                end.Token).GetAwaiter().GetResult();
            (file ?? Console.Error).WriteLine($"{summary.Decisions} decisions, {summary.Resets} resets; {summary.EndedBy}");

            void End(PosixSignalContext signal)
            {
                signal.Cancel = true;
                end.Cancel();
            }
        });
        return command;
    }
}
