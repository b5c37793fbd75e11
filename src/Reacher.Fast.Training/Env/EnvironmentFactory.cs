using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Environments.Mujoco;
using Reacher.Fast.Environments.Pendulum;
using Reacher.Fast.Training.Extensions;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Env;

/// <summary>Makes the environment a plan names.</summary>
internal static class EnvironmentFactory
{
    /// <param name="plan">Which environment it is and how it is set up.</param>
    /// <param name="worker">Number of the process that will step it; a player's port is base port + worker.</param>
    /// <param name="logs">The folder for a player's log; null for none.</param>
    /// <param name="stepsBefore">Vector steps that this worker has made with players that were lost: another one takes another seed.</param>
    /// <param name="cancellation">Ends any wait for a player, now or later, with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InputException">There is no such environment, or one of its parameters is wrong.</exception>
    /// <exception cref="PlayerLostException">The player did not come, or left.</exception>
    public static IVectorEnvironment Create(
        EnvironmentOptions plan, int worker, string? logs = null, long stepsBefore = 0, CancellationToken cancellation = default)
    {
        return plan.Name switch
        {
            EnvironmentOptions.Arm => new ArmEnvironment(ArmOptionsOf(plan)),
            EnvironmentOptions.Pendulum => CreatePendulum(plan),
            _ when EnvironmentOptions.IsMujoco(plan.Name) => CreateMujoco(plan),
            _ when plan.IsPlayer => MlAgentsEnvironment.Launch(PlayerOptionsOf(plan, worker, logs, stepsBefore), cancellation),
            _ => SeedMixingEnvironment.Of(CreateOwn(plan)),
        };
    }

    private static PendulumEnvironment CreatePendulum(EnvironmentOptions plan)
    {
        RequireNone(plan);
        return new PendulumEnvironment(plan.Agents);
    }

    private static MujocoEnvironment CreateMujoco(EnvironmentOptions plan)
    {
        RequireNone(plan);
        return new MujocoEnvironment(plan.Name[MujocoEnvironment.Prefix.Length..], plan.Agents, OutputLine.WriteWarning);
    }

    private static IVectorEnvironment CreateOwn(EnvironmentOptions plan)
    {
        RequireNoParameters(plan, $"which '{plan.Name}' cannot be given; take them out, and let the environment read what it needs itself.");
        if (ProgramEnvironments.Find(plan.Name) is { } create)
        {
            return create(plan.Agents)
                ?? throw new InputException($"The program's catalog made no environment '{plan.Name}': its function returned null.");
        }

        (string file, string? type) = ProgramEnvironments.SplitAssembly(plan.Name);
        return EnvironmentAssembly.Create(file, type, plan.Agents);
    }

    private static void RequireNone(EnvironmentOptions plan) => RequireNoParameters(plan, $"and '{plan.Name}' has none; take them out.");

    private static void RequireNoParameters(EnvironmentOptions plan, string instead)
    {
        if (plan.Parameters.Count > 0)
        {
            throw new InputException($"environment_parameters has '{plan.Parameters.Keys.First()}', {instead}");
        }
    }

    private static MlAgentsOptions PlayerOptionsOf(EnvironmentOptions plan, int worker, string? logs, long stepsBefore) => new()
    {
        Player = plan.Name,
        // Nobody gives a path for an environment of a program's own.
        Otherwise = plan.Name.Contains('/', StringComparison.Ordinal) ? null : ProgramEnvironments.MeantOtherwise,
        Arguments = plan.PlayerArguments,
        // The editor calls one below the port of players that are built: 5004, unless both are moved.
        BasePort = plan.IsEditor ? plan.BasePort - 1 : plan.BasePort,
        WorkerId = plan.IsEditor ? 0 : worker,
        WorkerCount = plan.Workers,
        // Seeds of different workers differ by less than their count, so none of them meets another's.
        Seed = unchecked(plan.PlayerSeed + (plan.IsEditor ? worker : 0) + (int)(plan.Workers * stepsBefore)),
        LogFile = logs is null || plan.IsEditor
            ? null
            : RunFolder.PlayerLogIn(logs, worker),
        NoGraphics = plan.NoGraphics,
        Timeout = TimeSpan.FromSeconds(plan.TimeoutSeconds),
        Engine = plan.Engine,
        EnvironmentParameters = plan.Parameters,
        Log = line => OutputLine.Write(line),
        // An evaluation learns from nobody.
        Warn = worker < plan.Workers - 1 ? OutputLine.WriteWarning : null,
    };

    private static ArmOptions ArmOptionsOf(EnvironmentOptions plan)
    {
        var options = new ArmOptions { ArmCount = plan.Agents, MaxSteps = plan.MaxSteps };
        foreach ((string name, EnvironmentParameter parameter) in plan.Parameters)
        {
            if (parameter is not EnvironmentParameter.Constant { Value: float value })
            {
                throw new InputException($"The arm's environment parameter '{name}' is a sampler, which only a Unity player takes; give a number.");
            }

            options = name switch
            {
                "goal_speed" => options with { GoalSpeed = value },
                "goal_size" => options with { GoalSize = value },
                "goal_height" => options with { GoalHeight = value },
                _ => throw new InputException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The arm has no environment parameter '{name}' ({value}); it has goal_speed, goal_size and goal_height.")),
            };
        }

        options.Validate();
        return options;
    }
}
