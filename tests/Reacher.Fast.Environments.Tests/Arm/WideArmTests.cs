using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Environments.Tests.Arm;

/// <summary>The vector twins against the reference and against each other.</summary>
public sealed class WideArmTests
{
    [Test]
    public void One_decision_agrees_with_the_reference([ValueSource(typeof(ArmStates), nameof(ArmStates.SimdSets))] InstructionSet set)
    {
        const int Count = 4096;
        float[] states = ArmStates.Reached(Count, 60, seed: 4);
        float[] actions = new float[Count * 4];
        ArmStates.Uniform(new Random(6), actions);
        float[] wide = Advance(set, states, actions, out float[] wideRewards);
        float[] reference = Advance(InstructionSet.Scalar, states, actions, out float[] rewards);
        double[] errors = new double[Count];
        int otherRewards = 0;
        for (int i = 0; i < Count; i++)
        {
            errors[i] = ArmStates.KinematicError(wide.AsSpan(i * 33, 33), reference.AsSpan(i * 33, 33));
            otherRewards += Math.Abs(wideRewards[i] - rewards[i]) > 1e-6f ? 1 : 0;
        }

        Array.Sort(errors);
        TestContext.Out.WriteLine($"median {errors[Count / 2]:e1}, 98th percentile {errors[Count * 98 / 100]:e1}, largest {errors[^1]:e1}");
        Assert.That(errors[Count / 2], Is.LessThan(1e-5));
        Assert.That(errors[Count * 98 / 100], Is.LessThan(1e-4));
        Assert.That(errors[^1], Is.LessThan(1e-2), "fast arms amplify rounding, not more");
        Assert.That(otherRewards, Is.LessThanOrEqualTo(2), "a hand exactly on the goal's rim may fall to either side");
    }

    [Test]
    public void All_widths_give_the_same_bits()
    {
        const int Count = 37;
        float[] states = ArmStates.Reached(Count, 30, seed: 8);
        float[] actions = new float[Count * 4];
        ArmStates.Normal(new Random(3), actions);
        float[] narrow = Advance(InstructionSet.Vector128, states, actions, out float[] narrowRewards);
        foreach (InstructionSet set in new[] { InstructionSet.Vector256, InstructionSet.Vector512 })
        {
            Assert.That(Advance(set, states, actions, out float[] rewards), Is.EqualTo(narrow));
            Assert.That(rewards, Is.EqualTo(narrowRewards));
        }
    }

    [Test]
    public void Any_number_of_arms_steps_each_as_if_alone([ValueSource(typeof(ArmStates), nameof(ArmStates.SimdSets))] InstructionSet set)
    {
        const int Most = 4096;
        float[] states = ArmStates.Reached(Most, 20, seed: 1);
        float[] actions = new float[Most * 4];
        ArmStates.Uniform(new Random(2), actions);
        float[] all = Advance(set, states, actions, out float[] rewards);
        foreach (int count in Enumerable.Range(1, 50).Append(255).Append(256).Append(257).Append(1000).Append(4095))
        {
            float[] some = Advance(set, states[..(count * 33)], actions[..(count * 4)], out float[] someRewards);
            Assert.That(some.AsSpan().SequenceEqual(all.AsSpan(0, count * 33)), Is.True, $"{count} arms");
            Assert.That(someRewards.AsSpan().SequenceEqual(rewards.AsSpan(0, count)), Is.True, $"{count} arms");
        }
    }

    [Test]
    public void An_extreme_state_stays_finite([ValueSource(typeof(ArmStates), nameof(ArmStates.AllSets))] InstructionSet set)
    {
        float[] states = ArmStates.Reached(16, 10, seed: 2);
        for (int i = 0; i < 16; i++)
        {
            for (int k = 7; k < 13; k++)
            {
                states[(i * 33) + k] *= 100;
                states[(i * 33) + 13 + k] *= 100;
            }
        }

        float[] actions = new float[64];
        for (int round = 0; round < 200; round++)
        {
            ArmStates.Uniform(new Random(round), actions);
            states = Advance(set, states, actions, out _);
        }

        Assert.That(states, Is.All.Matches<float>(float.IsFinite));
    }

    private static float[] Advance(InstructionSet set, float[] states, float[] actions, out float[] rewards)
    {
        int count = states.Length / 33;
        using ArmBatch arms = ArmStates.Batch(set, count);
        for (int i = 0; i < count; i++)
        {
            arms.Load(i, states.AsSpan(i * 33, 33));
        }

        rewards = new float[count];
        float[] next = new float[states.Length];
        arms.Step(actions, rewards);
        arms.Observe(next);
        return next;
    }
}
