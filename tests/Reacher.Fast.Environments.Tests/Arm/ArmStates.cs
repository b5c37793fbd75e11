using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Environments.Tests.Arm;

/// <summary>States and actions as the arm meets them, for tests.</summary>
internal static class ArmStates
{
    public static readonly InstructionSet[] SimdSets =
        [InstructionSet.Vector128, InstructionSet.Vector256, InstructionSet.Vector512];

    public static readonly InstructionSet[] AllSets = [InstructionSet.Scalar, .. SimdSets];

    /// <summary>Observations that <paramref name="count"/> arms reach under random actions held for ten decisions.</summary>
    public static float[] Reached(int count, int decisions, int seed)
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = count, InstructionSet = InstructionSet.Vector256 });
        StepBuffer buffer = new(arm);
        arm.Reset((ulong)seed, buffer.View.Observations);
        Random random = new(seed);
        float[] actions = new float[count * 4];
        for (int i = 0; i < decisions; i++)
        {
            if (i % 10 == 0)
            {
                Uniform(random, actions);
            }

            arm.Step(actions, buffer.View);
        }

        return buffer.View.Observations.ToArray();
    }

    public static void Uniform(Random random, Span<float> actions)
    {
        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = (random.NextSingle() * 2) - 1;
        }
    }

    /// <summary>Standard normal draws (Box-Muller), for the environment to clamp.</summary>
    public static void Normal(Random random, Span<float> actions)
    {
        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }
    }

    public static ArmBatch Batch(InstructionSet set, int count, float goalHeight = -1) =>
        ArmBatch.Create(new ArmOptions { ArmCount = count, GoalHeight = goalHeight, InstructionSet = set });

    public static double KinematicError(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double error = 0;
        for (int i = 0; i < 26; i++)
        {
            error = Math.Max(error, Math.Abs((double)a[i] - b[i]));
        }

        return error;
    }
}
