using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Runner.Commands;

/// <summary><c>eval RUN</c>: plays a policy without exploration and says how well it did.</summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "A run id, a run's folder, a checkpoint, or an exported safetensors policy." };
        var episodes = new Option<int>("--episodes") { Description = "Episodes to play.", DefaultValueFactory = _ => 100 };
        var seed = new Option<long?>("--seed") { Description = "Seed of the episodes; without it, the run's own." };
        Option<string> results = CommonOptions.ResultsFolder();
        var json = CommonOptions.Json();
        var command = new Command("eval", "Play a run's policy without exploration and print its scores.") { run, episodes, seed, results, json };
        command.SetAction(result => Run(
            result.GetValue(run)!, result.GetValue(episodes), result.GetValue(seed), result.GetValue(results)!, result.GetValue(json)));
        return command;
    }

    private static int Run(string run, int episodes, long? seed, string results, bool json)
    {
        const int MostEpisodes = 1_000_000;
        if (episodes is < 1 or > MostEpisodes)
        {
            throw new InputException($"--episodes is {episodes}, and must be from 1 to {MostEpisodes}.");
        }

        (string source, RunOptions options) = RunSource.Find(run, results);
        PolicySpec spec = PolicyFile.Read(source, out float[] weights);
        (RunPlan plan, PlanningEnvironment probe) = PlanFor(spec, options, seed, source);
        using PlanningEnvironment owned = probe;
        // A Unity player is slow, so the user is told how many episodes have been played.
        bool watched = !json && !Console.IsErrorRedirected && !Console.IsOutputRedirected;
        EvaluationResult result = PolicyEvaluation.Play(plan, weights, episodes, probe.Environment, progress: watched ? Show : null);
        if (json)
        {
            var record = new { Policy = source, Episodes = episodes, result.Mean, result.Deviation, result.Minimum, result.Maximum, result.Scores };
            Console.WriteLine(JsonSerializer.Serialize(record, JsonStyle.Line));
        }
        else
        {
            Console.Write(ToText(result, source, plan));
        }

        return ExitCodes.Done;

        void Show(int played) => Console.Error.Write(played < episodes ? $"\r{played} of {episodes} episodes" : $"\r{new string(' ', 40)}\r");
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

    // The shape is read from the policy's file, because an exported file knows nothing of the run's configuration.
    private static (RunPlan Plan, PlanningEnvironment Probe) PlanFor(PolicySpec spec, RunOptions options, long? seed, string source)
    {
        LearnerOptions learner = spec.Kind == PolicyKind.SquashedGaussian ? new SacOptions() : new Td3Options();
        options = RunPlanner.Settle(options, TimeProvider.System);
        (RunPlan plan, PlanningEnvironment probe) = RunPreparation.Open(
            options with
            {
                Learner = learner with { HiddenSizes = spec.HiddenSizes.ToArray(), NormalizeObservations = spec.NormalizeObservations },
                Seed = seed ?? options.Seed,
            },
            evaluates: true);
        if (plan.ObservationSize != spec.ObservationSize || plan.ActionSize != spec.ActionSize)
        {
            probe.Dispose();
            throw new InputException(
                $"The policy of '{source}' has {spec.ObservationSize} observations and {spec.ActionSize} actions, and the environment " +
                $"'{plan.Environment.Name}' {plan.ObservationSize} and {plan.ActionSize}; evaluate it in its own run.");
        }

        return (plan, probe);
    }
}
