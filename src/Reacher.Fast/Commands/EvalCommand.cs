using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Policies;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Commands;

/// <summary><c>eval RUN</c>: plays a run's policy, or one in a file, without exploration and says how well it did.</summary>
internal static class EvalCommand
{
    private static readonly string[] OfEvaluation = ["longest_episode", "evaluation_episodes", "evaluation_agents"];

    public static Command Create()
    {
        var run = new Argument<string>("run")
        {
            Description = "A run id, a run's folder, a checkpoint, an exported safetensors policy, or an ONNX policy as ML-Agents exports them.",
        };
        var episodes = new WholeNumberOption("--episodes", 1, 1_000_000) { Description = "Episodes to play.", DefaultValueFactory = _ => 100 };
        var seed = new Option<long?>("--seed") { Description = "Seed of the episodes; without it, the run's own." };
        Option<string> results = CommonOptions.ResultsFolder();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("eval", "Play a policy without exploration and print its scores.") { run, episodes, seed, results, json };
        // Of a run, its own environment is played unless another is named; of a file, the arm. Nothing else of a run concerns an evaluation
        // but how its episodes are played.
        var flags = new ConfigurationFlags(
            OptionKeys.All.Where(key => key.IsOfEnvironment || OfEvaluation.Contains(key.Name)), otherwise: "the run's own");
        flags.AddTo(command);
        command.SetAction(result =>
        {
            int played = episodes.Read(result);
            IReadOnlyList<FlagValue> given = flags.Read(result);
            RunSource source = RunSource.Find(result.GetValue(run)!, result.GetValue(results)!, flags: given);
            if (given.Any(flag => flag.Key == OptionKeys.Agents) && !given.Any(flag => flag.Key.Name == "evaluation_agents"))
            {
                source = source with { Options = source.Options with { EvaluationAgents = null } };
            }

            return Run(source, played, result.GetValue(seed), result.GetValue(json));
        });
        return command;
    }

    private static int Run(RunSource source, int episodes, long? seed, bool json)
    {
        using IPolicy policy = PolicyLoader.Open(source.PolicyFile);
        RunOptions options = RunPlanner.Settle(source.Options, TimeProvider.System);
        options = options with { Seed = seed ?? options.Seed, Environment = EvaluationEnvironments.Of(options) };
        (RunPlan plan, PlanningEnvironment probe) = RunPreparation.Open(options, evaluates: true);
        using PlanningEnvironment owned = probe;
        RequireFit(policy, plan, source.PolicyFile);
        // A Unity player is slow, so the user is told how many episodes have been played.
        bool watched = !json && !Console.IsErrorRedirected && !Console.IsOutputRedirected;
        using EvaluationEnvironments environments = EvaluationEnvironments.Create(plan, worker: 0, borrowed: probe.Environment);
        EvaluationResult result = PolicyEvaluation.Play(policy, environments.All, plan.Seed, episodes, plan.LongestEpisode, watched ? Show : null);
        if (result.DescribeCut(plan.LongestEpisode) is string cut)
        {
            OutputLine.WriteWarning(cut);
        }

        if (json)
        {
            string file = source.PolicyFile;
            var record = new { Policy = file, Episodes = episodes, result.Mean, result.Deviation, result.Minimum, result.Maximum, result.Scores };
            Console.WriteLine(JsonSerializer.Serialize(record, JsonStyle.Printed));
        }
        else
        {
            Console.Write(ToText(result, source.PolicyFile, plan));
        }

        return ExitCodes.Done;

        void Show(int played, double mean) =>
            Console.Error.Write(played < episodes ? $"\r{played} of {episodes} episodes" : $"\r{new string(' ', 40)}\r");
    }

    private static string ToText(EvaluationResult result, string source, RunPlan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
          policy              {source}
          episodes            {result.Scores.Count}, each the mean of {plan.AgentCount} agents
          mean                {result.Mean,6:F2}
          deviation           {result.Deviation,6:F2}
          minimum             {result.Minimum,6:F2}
          maximum             {result.Maximum,6:F2}

        """);

    private static void RequireFit(IPolicy policy, RunPlan plan, string source)
    {
        if (plan.ObservationSize != policy.ObservationSize || plan.ActionSize != policy.ActionSize)
        {
            throw new InputException(
                $"The policy of '{source}' has {policy.ObservationSize} observations and {policy.ActionSize} actions, and the environment " +
                $"'{plan.Environment.Name}' {plan.ObservationSize} and {plan.ActionSize}; name the environment that it was trained for with --env.");
        }
    }
}
