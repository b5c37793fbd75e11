using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Environments.Tests.Arm;

/// <summary>What must hold in every state: a million decisions under random actions, held and not.</summary>
public sealed class ArmInvariantTests
{
    [Test]
    public void A_million_random_decisions_keep_every_invariant([Values(1, 10)] int held)
    {
        const int Arms = 1024;
        const int Decisions = 1000;
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = Arms });
        StepBuffer buffer = new(arm);
        VectorStep step = buffer.View;
        arm.Reset(2, step.Observations);
        Random random = new(9);
        float[] actions = new float[Arms * 4];
        Extremes worst = new();
        for (int i = 0; i < Decisions; i++)
        {
            if (i % held == 0)
            {
                ArmStates.Uniform(random, actions);
            }

            arm.Step(actions, step);
            for (int n = 0; n < Arms; n++)
            {
                worst.Include(step.Observations.Slice(n * 33, 33), step.Rewards[n]);
            }
        }

        TestContext.Out.WriteLine(worst.ToString());
        Assert.That(worst.AllFinite, Is.True);
        Assert.That(worst.RewardError, Is.LessThan(1e-6), "rewards are 0, .01, .02, .03 or .04");
        Assert.That(worst.QuaternionError, Is.LessThan(5e-7), "orientations are unit quaternions");
        Assert.That(worst.GoalError, Is.LessThan(2e-6), "the goal is on its circle");

        // The solver stops before the joints are closed. What it leaves open is part of the dynamics; these are the widest seen.
        Assert.That(worst.ShoulderGap, Is.LessThan(0.25));
        Assert.That(worst.ElbowGap, Is.LessThan(0.4));
        Assert.That(worst.AngularVelocity, Is.LessThan(40));
    }

    private sealed class Extremes
    {
        public bool AllFinite { get; private set; } = true;

        public double RewardError { get; private set; }

        public double QuaternionError { get; private set; }

        public double GoalError { get; private set; }

        public double ShoulderGap { get; private set; }

        public double ElbowGap { get; private set; }

        public double AngularVelocity { get; private set; }

        public void Include(ReadOnlySpan<float> o, float reward)
        {
            foreach (float value in o)
            {
                AllFinite &= float.IsFinite(value);
            }

            double steps = reward * 100;
            RewardError = Math.Max(RewardError, steps is < -0.1 or > 4.1 ? 1 : Math.Abs(steps - Math.Round(steps)));
            ArmState state = ArmState.FromObservation(o);
            QuaternionError = Math.Max(QuaternionError, Math.Abs(state.Upper.Orientation.Length - 1));
            QuaternionError = Math.Max(QuaternionError, Math.Abs(state.Lower.Orientation.Length - 1));
            GoalError = Math.Max(GoalError, Math.Abs(Math.Sqrt(((double)o[26] * o[26]) + ((double)o[28] * o[28])) - 8));
            GoalError = Math.Max(GoalError, Math.Abs(o[27] + 1));
            AllFinite &= o[29] == 0 && o[30] == 1 && o[31] == 0 && Math.Abs(o[32]) <= 1;

            Double3 yA = state.Upper.Orientation.AxisY;
            Double3 yB = state.Lower.Orientation.AxisY;
            Double3 shoulder = state.Upper.Position - (ArmModel.ShoulderOffset * yA) - new Double3(0, ArmModel.PivotHeight, 0);
            Double3 elbow = state.Upper.Position + (ArmModel.ElbowOffset * yA)
                - (state.Lower.Position - ((ArmModel.ElbowOffset + ArmModel.LowerMassCentre) * yB));
            ShoulderGap = Math.Max(ShoulderGap, shoulder.Length);
            ElbowGap = Math.Max(ElbowGap, elbow.Length);
            AngularVelocity = Math.Max(AngularVelocity, state.Lower.AngularVelocity.Length);
        }

        public override string ToString() =>
            $"quaternion {QuaternionError:e1}, goal {GoalError:e1} m, shoulder gap {ShoulderGap:0.000} m, elbow gap {ElbowGap:0.000} m, " +
            $"angular velocity {AngularVelocity:0.0} rad/s";
    }
}
