using System.CommandLine;
using Reacher.Fast.Core;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Commands;

/// <summary><c>join</c>: steps environments on this machine for a run on another.</summary>
internal static class JoinCommand
{
    public static Command Create()
    {
        var address = new Argument<string>("address")
        {
            Description = "HOST:PORT that was given to 'train --cluster' on the run's machine; with --cluster-store the run's id.",
        };
        var count = new WholeNumberOption("--num-envs", 1, ControlBlock.MaximumEnvironments)
        {
            Description = "Env processes on this machine.",
            DefaultValueFactory = _ => 1,
        };
        var environment = new Option<string?>("--env")
        {
            Description = "The run's environment on this machine, where its file lies elsewhere.",
            HelpName = "player",
        };
        var wait = new Option<double>("--wait")
        {
            Description = "Seconds to wait for the run's machine: to begin with, and whenever it is away.",
            DefaultValueFactory = _ => 60,
            HelpName = "seconds",
        };
        var command = new Command("join", "Step environments on this machine for a run on another.") { address, count, environment, wait };
        var security = new ClusterOptions();
        security.AddTo(command);
        command.SetAction(result =>
        {
            int environments = count.Read(result);
            double seconds = result.GetValue(wait);
            if (!(seconds >= 0 && seconds <= TimeSpan.MaxValue.TotalSeconds / 2))
            {
                throw new InputException("--wait must be a number of seconds, 0 or more.");
            }

            var options = new JoinOptions
            {
                Endpoint = security.Find(result, result.GetValue(address)),
                EnvironmentCount = environments,
                Environment = result.GetValue(environment),
                Patience = TimeSpan.FromSeconds(seconds),
            };
            return CommandLine.GuardLongRun(_ =>
            {
                using var machine = new JoinedMachine(options, sentence => Console.WriteLine($"[INFO] {sentence}"));
                return machine.Run();
            });
        });
        return command;
    }
}
