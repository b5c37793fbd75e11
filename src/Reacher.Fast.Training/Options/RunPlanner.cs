using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Options;

/// <summary>Settles what a configuration leaves open: run id, seed, threads, and what only the environment itself can say.</summary>
internal static class RunPlanner
{
    // mlagents-learn draws from these.
    private const int DrawnSeeds = 10_000;

    /// <summary>The configuration with a run id and a seed: what is saved with the run.</summary>
    public static RunConfiguration Settle(RunConfiguration configuration, TimeProvider clock)
    {
        if (configuration.Get(RunKeys.RunId) is null)
        {
            configuration = configuration.With(RunKeys.RunId, RunId.Create(configuration.Trainer, clock.GetLocalNow()));
        }

        // There is one editor, and Play is pressed once: what else would be a second player takes turns with training.
        if (configuration.Get(RunKeys.EnvPath) == EnvironmentPlan.Editor)
        {
            configuration = configuration.With(RunKeys.InProcess, true);
        }

        return configuration.Get(RunKeys.Seed) < 0
            ? configuration.With(RunKeys.Seed, Random.Shared.Next(DrawnSeeds))
            : configuration;
    }

    /// <summary>The plan of a settled configuration. Makes the environment once, to learn its sizes.</summary>
    /// <exception cref="InputException">The environment cannot be made, or the GPU asked for cannot be had.</exception>
    /// <exception cref="PlayerLostException">Its player did not come.</exception>
    public static RunPlan Plan(RunConfiguration configuration)
    {
        (RunPlan plan, PlanningEnvironment probe) = Open(configuration);
        probe.Dispose();
        return plan;
    }

    /// <summary>The plan of a settled configuration, and the environment whose sizes are in it, for whoever goes on with it.</summary>
    /// <param name="configuration">Settled.</param>
    /// <param name="evaluates">Whether it is to be evaluated, with a seed of which training sees nothing.</param>
    /// <exception cref="InputException">The environment cannot be made, or the GPU asked for cannot be had.</exception>
    /// <exception cref="PlayerLostException">Its player did not come.</exception>
    public static (RunPlan Plan, PlanningEnvironment Probe) Open(RunConfiguration configuration, bool evaluates = false)
    {
        string device = configuration.Get(RunKeys.Device)!;
        if (CudaDevices.IsCuda(device))
        {
            CudaProbe.Require(CudaDevices.Parse(device).Ordinal);
        }

        EnvironmentPlan environment = PlanEnvironment(configuration);
        PlanningEnvironment probe = PlanningEnvironment.Open(environment, evaluates ? environment.Workers - 1 : 0);
        try
        {
            return (Plan(configuration, environment, probe.Environment), probe);
        }
        catch
        {
            probe.Dispose();
            throw;
        }
    }

    /// <summary>The plan, for an environment that is at hand.</summary>
    public static RunPlan Plan(RunConfiguration configuration, EnvironmentPlan environment, IVectorEnvironment probe)
    {
        ulong seed = (ulong)configuration.Get(RunKeys.Seed);
        LearnerOptions learner = LearnerSettings.From(configuration, seed);
        int threads = configuration.Get(RunKeys.LearnerThreads);
        long maxSteps = configuration.Get(TrainerKeys.MaxSteps);
        return new RunPlan
        {
            RunId = configuration.Get(RunKeys.RunId) ?? throw new ArgumentException("The configuration has no run id.", nameof(configuration)),
            Behavior = configuration.BehaviorName,
            Seed = seed,
            Environment = environment,
            EnvironmentCount = configuration.Get(RunKeys.NumEnvs),
            AgentCount = probe.AgentCount,
            ObservationSize = probe.ObservationSize,
            ActionSize = probe.ActionSize,
            Sac = learner as SacOptions,
            Td3 = learner as Td3Options,
            NStep = configuration.Get(TrainerKeys.NStep),
            Gamma = (float)configuration.Get(TrainerKeys.Gamma),
            ExplorationNoise = (float)configuration.Get(TrainerKeys.ExplorationNoise),
            NoiseHold = configuration.Get(TrainerKeys.NoiseHold),
            WarmupHold = configuration.Get(TrainerKeys.WarmupHold),
            BufferSize = configuration.Get(TrainerKeys.BufferSize),
            WarmupTransitions = configuration.Get(TrainerKeys.BufferInitSteps),
            UpdatesPerTransition = 1 / configuration.Get(TrainerKeys.StepsPerUpdate),
            MaxTransitions = maxSteps == 0 ? long.MaxValue : maxSteps,
            CooldownTransitions = configuration.Get(TrainerKeys.CooldownSteps),
            PublishInterval = configuration.Get(RunKeys.PublishInterval),
            CheckpointInterval = configuration.Get(TrainerKeys.CheckpointInterval),
            KeepCheckpoints = configuration.Get(TrainerKeys.KeepCheckpoints),
            Device = configuration.Get(RunKeys.Device)!,
            Precision = configuration.Get(RunKeys.Precision)!,
            Batches = configuration.Get(RunKeys.Batches)!,
            LearnerThreads = threads > 0 ? threads : Math.Max(1, Environment.ProcessorCount - 1),
            Threshold = configuration.Get(RunKeys.Threshold),
            EvaluationWindow = configuration.Get(RunKeys.Window),
            StopWhenSolved = configuration.Get(RunKeys.StopWhenSolved),
            HungSeconds = configuration.Get(RunKeys.HungSeconds),
            MaxLifetimeRestarts = configuration.Get(RunKeys.MaxLifetimeRestarts),
        };
    }

    /// <summary>Which environment, and how it is set up.</summary>
    public static EnvironmentPlan PlanEnvironment(RunConfiguration configuration) => new()
    {
        Name = configuration.Get(RunKeys.EnvPath)!,
        Agents = configuration.Get(RunKeys.NumAgents),
        Parameters = new Dictionary<string, EnvironmentParameter>(configuration.EnvironmentParameters),
        MaxSteps = configuration.Get(RunKeys.MaxStep),
        PlayerArguments = configuration.Get(RunKeys.EnvArgs),
        Engine = new EngineSettings
        {
            Width = configuration.Get(RunKeys.Width),
            Height = configuration.Get(RunKeys.Height),
            QualityLevel = configuration.Get(RunKeys.QualityLevel),
            TimeScale = (float)configuration.Get(RunKeys.TimeScale),
            TargetFrameRate = configuration.Get(RunKeys.TargetFrameRate),
            CaptureFrameRate = configuration.Get(RunKeys.CaptureFrameRate),
        },
        NoGraphics = configuration.Get(RunKeys.NoGraphics),
        BasePort = configuration.Get(RunKeys.BasePort),
        TimeoutSeconds = configuration.Get(RunKeys.TimeoutWait),
        Workers = configuration.Get(RunKeys.NumEnvs) + 1,
        PlayerSeed = unchecked((int)configuration.Get(RunKeys.Seed)),
    };
}
