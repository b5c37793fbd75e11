using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Environments;
using Reacher.Fast.Environments.Arm;
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
        _ = worker;
        return plan.Name switch
        {
            EnvironmentPlan.Arm => new ArmEnvironment(ArmOptionsOf(plan)),
            _ => throw new InputException($"There is no environment '{plan.Name}'; give arm, pendulum, editor, or the path of a Unity player."),
        };
    }

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
