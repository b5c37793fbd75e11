using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.Mujoco;

namespace Reacher.Fast.Benchmarks.Quick;

/// <summary>
/// <c>--quick mujoco [TASK]</c>: decisions of a MuJoCo task on one core, as the median of some episodes. <c>steps.c</c> of the environments'
/// tests makes as many without this program. Needs MuJoCo.
/// </summary>
internal static class MujocoQuick
{
    private const int Decisions = 1000;
    private const int Episodes = 21;

    /// <summary>Measures and prints.</summary>
    /// <param name="arguments">The task; HalfCheetah-v4 without one.</param>
    /// <returns>The exit code.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        string task = arguments.Length > 0 ? arguments[0] : "HalfCheetah-v4";
        using var environment = new MujocoEnvironment(task);
        var buffer = new StepBuffer(environment);
        float[] actions = new float[environment.ActionSize];
        double[] rates = [.. Enumerable.Range(0, Episodes).Select(_ => Rate(environment, buffer, actions)).Order()];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{task}: {rates[Episodes / 2]:N0} decisions/s, best {rates[^1]:N0}, over {Episodes} times {Decisions} decisions"));
        return 0;
    }

    private static double Rate(MujocoEnvironment environment, StepBuffer buffer, float[] actions)
    {
        uint state = 1;
        var clock = Stopwatch.StartNew();
        for (int k = 0; k < Decisions; k++)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                state = unchecked((state * 1664525) + 1013904223);
                actions[i] = (float)((state / 2147483648.0) - 1);
            }

            environment.Step(actions, buffer.View);
        }

        return Decisions / clock.Elapsed.TotalSeconds;
    }
}
