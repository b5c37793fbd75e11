using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Environments;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents;
using Reacher.Fast.Environments.Pendulum;
using Reacher.Fast.Runner.Training;

namespace Reacher.Fast.Runner.Actor;

/// <summary>Makes the environment a plan names.</summary>
internal static class EnvironmentFactory
{
    /// <param name="plan">Which one.</param>
    /// <param name="worker">Number of the process that will step it; a player's port is base port + worker.</param>
    /// <exception cref="InputException">There is no such environment, or one of its parameters is wrong.</exception>
    public static IVectorEnvironment Create(EnvironmentPlan plan, int worker)
    {
        return plan.Name switch
        {
            EnvironmentPlan.Arm => new ArmEnvironment(ArmOptionsOf(plan)),
            EnvironmentPlan.Pendulum => new PendulumEnvironment(plan.Agents),
            _ => MlAgentsEnvironment.Launch(PlayerOptionsOf(plan, worker)),
        };
    }

    private static MlAgentsOptions PlayerOptionsOf(EnvironmentPlan plan, int worker) => new()
    {
        Player = plan.Name,
        Arguments = plan.PlayerArguments,
        BasePort = plan.Name == EnvironmentPlan.Editor ? null : plan.BasePort,
        WorkerId = worker,
        NoGraphics = plan.NoGraphics,
        Timeout = TimeSpan.FromSeconds(plan.TimeoutSeconds),
        Engine = plan.Engine,
        EnvironmentParameters = plan.Parameters.ToDictionary(pair => pair.Key, pair => (EnvironmentParameter)pair.Value),
        Log = Console.Error.WriteLine,
    };

    private static ArmOptions ArmOptionsOf(EnvironmentPlan plan)
    {
        var options = new ArmOptions { ArmCount = plan.Agents, MaxSteps = plan.MaxSteps };
        foreach ((string name, float value) in plan.Parameters)
        {
            options = name switch
            {
                "goal_speed" => options with { GoalSpeed = value },
                "goal_size" => options with { GoalSize = value },
                "goal_height" => options with { GoalHeight = value },
                _ => throw new InputException(string.Create(
                    CultureInfo.InvariantCulture, $"The arm has no environment parameter '{name}' ({value}); it has goal_speed, goal_size and goal_height.")),
            };
        }

        options.Validate();
        return options;
    }
}
