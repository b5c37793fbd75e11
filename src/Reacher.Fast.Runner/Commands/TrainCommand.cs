using System.CommandLine;
using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments;
using Reacher.Fast.Runner.Actor;
using Reacher.Fast.Runner.Processes;
using Reacher.Fast.Runner.Reporting;
using Reacher.Fast.Runner.Training;

namespace Reacher.Fast.Runner.Commands;

/// <summary><c>train</c>: the main job.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var runId = new Option<string?>("--run-id") { Description = "Name of the run's folder under results/." };
        var resume = new Option<bool>("--resume") { Description = "Go on with an existing run." };
        var force = new Option<bool>("--force") { Description = "Replace an existing run." };
        var algorithm = new Option<string>("--algorithm") { Description = "sac or td3.", DefaultValueFactory = _ => "sac" };
        var seed = new Option<long>("--seed") { Description = "Seeds everything random.", DefaultValueFactory = _ => 1 };
        var environments = new Option<int>("--num-envs") { Description = "Env processes.", DefaultValueFactory = _ => 1 };
        var inProcess = new Option<bool>("--in-process") { Description = "Run all loops in this process, in lock-step: bit-reproducible." };
        var json = CommonOptions.Json();
        var command = new Command("train", "Train an agent until it solves its task.") { runId, resume, force, algorithm, seed, environments, inProcess, json };
        command.SetAction(result =>
        {
            string id = result.GetValue(runId) ?? "reacher";
            var files = new RunFiles(Path.Combine("results", id));
            bool exists = File.Exists(files.Plan);
            if (exists && !result.GetValue(resume) && !result.GetValue(force))
            {
                throw new InputException($"The run '{id}' exists in {files.Folder}; give --resume to go on with it, --force to replace it, or another --run-id.");
            }

            var plan = Plan(id, result.GetValue(algorithm)!, result.GetValue(seed), result.GetValue(environments));
            RunReporter reporter = RunReporter.Create(result.GetValue(json));
            if (exists && result.GetValue(force))
            {
                Directory.Delete(files.Folder, recursive: true);
            }

            if (result.GetValue(inProcess))
            {
                using var lockstep = new LockstepTraining(files, plan, reporter, exists && result.GetValue(resume));
                return lockstep.Run();
            }

            using Supervisor supervisor = exists && result.GetValue(resume)
                ? Supervisor.Resume(files, plan, reporter)
                : Supervisor.Create(files, plan, reporter);
            return supervisor.Run();
        });
        return command;
    }

    private static RunPlan Plan(string id, string algorithm, long seed, int environments)
    {
        var environment = new EnvironmentPlan { Name = EnvironmentPlan.Arm };
        using IVectorEnvironment probe = EnvironmentFactory.Create(environment, 0);
        bool sac = algorithm == "sac";
        int[] hidden = Env("HIDDEN", "128,128").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        double rate = double.Parse(Env("LR", "1e-3"), CultureInfo.InvariantCulture);
        int batch = int.Parse(Env("BATCH", "128"), CultureInfo.InvariantCulture);
        bool layerNorm = Env("LN", "0") == "1";
        bool normalize = Env("NORM", "1") == "1";
        return new RunPlan
        {
            RunId = id,
            Behavior = "Reacher",
            Seed = (ulong)seed,
            Environment = environment,
            EnvironmentCount = environments,
            AgentCount = probe.AgentCount,
            ObservationSize = probe.ObservationSize,
            ActionSize = probe.ActionSize,
            Sac = !sac ? null : new SacOptions { Seed = (ulong)seed, HiddenSizes = hidden, BatchSize = batch, ActorLearningRate = rate, CriticLearningRate = rate, TargetEntropy = float.Parse(Env("TE", "-4"), CultureInfo.InvariantCulture), AlphaLearningRate = double.Parse(Env("ALR", "0"), CultureInfo.InvariantCulture) is > 0 and double alr ? alr : rate, InitialAlpha = double.Parse(Env("ALPHA", "0.01"), CultureInfo.InvariantCulture), LayerNormCritics = layerNorm, NormalizeObservations = normalize, Tau = float.Parse(Env("TAU", "0.005"), CultureInfo.InvariantCulture), RewardScale = double.Parse(Env("RS", "1"), CultureInfo.InvariantCulture), PolicyDelay = int.Parse(Env("DELAY", sac ? "1" : "2"), CultureInfo.InvariantCulture) },
            Td3 = sac ? null : new Td3Options { Seed = (ulong)seed, HiddenSizes = hidden, BatchSize = batch, ActorLearningRate = rate, CriticLearningRate = rate, LayerNormCritics = layerNorm, NormalizeObservations = normalize, Tau = float.Parse(Env("TAU", "0.005"), CultureInfo.InvariantCulture), RewardScale = double.Parse(Env("RS", "1"), CultureInfo.InvariantCulture), PolicyDelay = int.Parse(Env("DELAY", sac ? "1" : "2"), CultureInfo.InvariantCulture) },
            NStep = int.Parse(Env("NSTEP", "3"), CultureInfo.InvariantCulture),
            Gamma = float.Parse(Env("GAMMA", "0.99"), CultureInfo.InvariantCulture),
            ExplorationNoise = float.Parse(Env("SIGMA", "0.15"), CultureInfo.InvariantCulture),
            NoiseHold = int.Parse(Env("HOLD", "1"), CultureInfo.InvariantCulture),
            WarmupHold = int.Parse(Env("WHOLD", "1"), CultureInfo.InvariantCulture),
            BufferSize = 1_000_000,
            WarmupTransitions = long.Parse(Env("WARM", "5000"), CultureInfo.InvariantCulture),
            MaxTransitions = long.Parse(Env("MAXT", "10000000"), CultureInfo.InvariantCulture),
            UpdatesPerTransition = double.Parse(Env("UTD", "2"), CultureInfo.InvariantCulture) / 20,
            Device = "auto",
            LearnerThreads = int.Parse(Env("THREADS", "1"), CultureInfo.InvariantCulture),
        };

        static string Env(string name, string value) => Environment.GetEnvironmentVariable(name) ?? value;
    }
}
