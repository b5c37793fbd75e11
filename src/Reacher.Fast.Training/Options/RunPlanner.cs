using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Extensions;

namespace Reacher.Fast.Training.Options;

/// <summary>Settles what a run's options leave open: run id, seed, threads, and what only the environment itself can say.</summary>
internal static class RunPlanner
{
    // mlagents-learn draws its seeds from this range.
    private const int DrawnSeeds = 10_000;

    /// <summary>The options with a run id and a seed: what is saved with the run.</summary>
    public static RunOptions Settle(RunOptions options, TimeProvider clock) => options with
    {
        RunId = options.RunId ?? RunId.Create(options.Trainer, clock.GetLocalNow(), options.ResultsFolder),
        // There is only one editor, in which the user presses Play once, so evaluation and training take turns with that one player.
        InProcess = options.InProcess || options.Environment.IsEditor,
        Seed = options.Seed < 0 ? Random.Shared.Next(DrawnSeeds) : options.Seed,
    };

    /// <summary>
    /// The settled options of <paramref name="loaded"/> for the behaviour of the scene.
    /// </summary>
    /// <param name="loaded">The configuration, as it was loaded before the scene was known.</param>
    /// <param name="settled">Its options, settled.</param>
    /// <param name="behavior">The scene's behaviour; null for a built-in environment, which names none.</param>
    /// <param name="warn">Takes a sentence for the user.</param>
    /// <exception cref="InputException">The file has other behaviours and no <c>default_settings</c>, or nothing can have that name.</exception>
    public static RunOptions OfScene(LoadedConfiguration loaded, RunOptions settled, string? behavior, Action<string> warn)
    {
        if (behavior is null || behavior == settled.Behavior)
        {
            return settled;
        }

        if (BehaviorName.Problem(behavior) is { } problem)
        {
            throw new InputException($"The name of the scene's behaviour {QuotedName.Of(behavior)} {problem}.");
        }

        LoadedConfiguration own = loaded.OfScene(behavior);
        foreach (string warning in own.Warnings.Except(loaded.Warnings))
        {
            warn(warning);
        }

        return Settle(own.Options with { Seed = settled.Seed }, TimeProvider.System);
    }

    /// <summary>The plan of settled options, for an environment of these sizes.</summary>
    /// <param name="options">The run's options, with run id and seed settled.</param>
    /// <param name="agentCount">The environment's agents.</param>
    /// <param name="observationSize">Floats that an agent observes.</param>
    /// <param name="actionSize">Floats of an agent's action.</param>
    public static RunPlan Plan(RunOptions options, int agentCount, int observationSize, int actionSize)
    {
        RequireRoomForSteps(options, agentCount);
        string device = DeviceOf(options);
        return new RunPlan(options)
        {
            Network = NetworkOf(options.Learner, device),
            Version = OptionalAssembly.OurVersion,
            RunId = options.RunId ?? throw new ArgumentException("The options have no run id.", nameof(options)),
            Seed = (ulong)options.Seed,
            Learner = options.Learner with { Seed = (ulong)options.Seed },
            Device = device,
            Environment = PlanEnvironment(options),
            LearnerThreads = options.LearnerThreads > 0 ? options.LearnerThreads : Math.Max(1, Environment.ProcessorCount - 1),
            AgentCount = agentCount,
            ObservationSize = observationSize,
            ActionSize = actionSize,
        };
    }

    /// <summary>The device by its name; networks of one's own choose TorchSharp where nothing else is asked for.</summary>
    /// <exception cref="InputException">They are to learn on a device that has not TorchSharp.</exception>
    public static string DeviceOf(RunOptions options)
    {
        if (options.Learner is not IOwnNetworks || TorchDevices.IsTorch(options.Device))
        {
            return KernelDevices.Resolve(options.Device);
        }

        return options.Device == "auto" ? "torch" : throw new InputException(
            $"The learner's networks are the program's own, and the device '{options.Device}' has only this project's; choose torch or " +
            "torch-cuda with the option 'device'.");
    }

    // A ring in lock-step is longer than the buffer by the rows of a segment at least.
    private static void RequireRoomForSteps(RunOptions options, int agentCount)
    {
        long rows = (long)agentCount * options.NStep;
        if (!options.InProcess && rows > options.BufferSize)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"buffer_size is {options.BufferSize}, and a step of {agentCount} agents with n_step {options.NStep} writes up to {rows} rows at " +
                $"once; set buffer_size to {rows} or more, or give fewer agents."));
        }
    }

    private static string? NetworkOf(LearnerOptions learner, string device)
    {
        IOwnNetworks? own = TorchDevices.IsTorch(device) ? OwnNetworks.Of(learner) : null;
        if (own?.Architecture is not { } architecture)
        {
            return null;
        }

        PolicyArchitectures.Use(architecture);
        return architecture.Name;
    }

    /// <summary>Which environment, and how it is set up for this run's workers and seed.</summary>
    public static EnvironmentOptions PlanEnvironment(RunOptions options) => options.Environment with
    {
        Workers = options.EnvironmentCount + 1,
        PlayerSeed = unchecked((int)options.Seed),
    };
}
