using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Environments.Tests.Arm;

public sealed class ArmEnvironmentTests
{
    [Test]
    public void A_step_whose_final_observations_are_too_short_is_refused_before_it_is_made()
    {
        using var arm = new ArmEnvironment(new ArmOptions { ArmCount = 2 });
        Assert.That(
            () => arm.Step(
                new float[8],
                new VectorStep(new float[66], new float[65], new float[2], new bool[2], new bool[2], new bool[2], new RowActivity[2])),
            Throws.ArgumentException);
    }

    [Test]
    public void The_first_observation_hangs_straight_down_at_rest()
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = 3 });
        float[] o = new float[3 * 33];
        arm.Reset(7, o);
        float[] expected = [0, -4, 0, 1, 0, 0, -4.371139e-08f, 0, 0, 0, 0, 0, 0, 0, -10, 0, 1, 0, 0, -4.371139e-08f, 0, 0, 0, 0, 0, 0];
        for (int i = 0; i < 3; i++)
        {
            Assert.That(o.AsSpan(i * 33, 26).ToArray(), Is.EqualTo(expected));
            Assert.That(Math.Sqrt((o[(i * 33) + 26] * o[(i * 33) + 26]) + (o[(i * 33) + 28] * o[(i * 33) + 28])), Is.EqualTo(8).Within(1e-6));
            Assert.That(o[(i * 33) + 27], Is.EqualTo(-1));
            Assert.That(o.AsSpan((i * 33) + 29, 3).ToArray(), Is.EqualTo(new float[] { 0, 1, 0 }));
            Assert.That(o[(i * 33) + 32], Is.InRange(-1f, 1f));
        }
    }

    [Test]
    public void An_episode_has_1001_decisions_is_truncated_and_gives_its_own_last_observation()
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = 2 });
        StepBuffer buffer = new(arm);
        VectorStep step = buffer.View;
        arm.Reset(1, step.Observations);
        float[] actions = [1, -0.5f, 0.25f, 1, -1, 1, -1, 0];
        float[] previousSpeed = [step.Observations[32], step.Observations[33 + 32]];
        for (int i = 1; i <= 1001; i++)
        {
            arm.Step(actions, step);
            Assert.That(step.Truncated.ToArray(), Is.All.EqualTo(i == 1001));
            Assert.That(step.Terminated.ToArray(), Is.All.False);
            Assert.That(step.Lost.ToArray(), Is.All.False);
        }

        Assert.That(step.FinalObservations[32], Is.EqualTo(previousSpeed[0]));
        Assert.That(step.FinalObservations[33 + 32], Is.EqualTo(previousSpeed[1]));
        Assert.That(step.FinalObservations[1], Is.Not.EqualTo(-4f));
        Assert.That(step.Observations[1], Is.EqualTo(-4f));
        Assert.That(step.Observations[32], Is.Not.EqualTo(previousSpeed[0]));
    }

    [Test]
    public void A_value_out_of_range_is_named()
    {
        Assert.That(() => new ArmEnvironment(new ArmOptions { ArmCount = 0 }), Throws.TypeOf<InputException>().With.Message.Contains("arms"));
        Assert.That(() => new ArmEnvironment(new ArmOptions { ArmCount = 4097 }), Throws.TypeOf<InputException>().With.Message.Contains("4097"));
        Assert.That(() => new ArmEnvironment(new ArmOptions { GoalSize = float.NaN }), Throws.TypeOf<InputException>()
            .With.Message.Contains("goal_size"));
        Assert.That(() => new ArmEnvironment(new ArmOptions { MaxSteps = -1 }), Throws.TypeOf<InputException>().With.Message.Contains("max_step"));
    }

    [Test]
    public void The_same_seed_gives_the_same_episodes_to_the_bit([ValueSource(typeof(ArmStates), nameof(ArmStates.AllSets))] InstructionSet set)
    {
        ArmOptions options = new() { ArmCount = 5, InstructionSet = set, MaxSteps = 40 };
        (float[] a, float[] b, float[] c) = (Play(options, 3, 25), Play(options, 3, 25), Play(options, 4, 25));
        Assert.That(b, Is.EqualTo(a));
        Assert.That(c, Is.Not.EqualTo(a));
    }

    [Test]
    public void An_arms_episodes_do_not_depend_on_how_many_others_there_are()
    {
        float[] few = Play(new ArmOptions { ArmCount = 3, MaxSteps = 40 }, 9, 25);
        float[] many = Play(new ArmOptions { ArmCount = 30, MaxSteps = 40 }, 9, 25);
        Assert.That(many[..few.Length], Is.EqualTo(few));
    }

    [Test]
    public void Goals_start_at_whole_degrees_all_round_and_turn_evenly_both_ways()
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = 4096, GoalSpeed = 0.5f });
        float[] o = new float[4096 * 33];
        arm.Reset(0, o);
        HashSet<int> degrees = [];
        double sum = 0, least = 1, most = -1;
        for (int i = 0; i < 4096; i++)
        {
            double degree = double.RadiansToDegrees(Math.Atan2(o[(i * 33) + 26], o[(i * 33) + 28]));
            Assert.That(degree, Is.EqualTo(Math.Round(degree)).Within(1e-4));
            degrees.Add(((int)Math.Round(degree) + 360) % 360);
            double speed = o[(i * 33) + 32];
            (sum, least, most) = (sum + speed, Math.Min(least, speed), Math.Max(most, speed));
        }

        Assert.That(degrees, Has.Count.EqualTo(360));
        Assert.That(sum / 4096, Is.EqualTo(0).Within(0.02));
        Assert.That((least, most), Is.EqualTo((-0.5, 0.5)).Using<(double Least, double Most)>(
            (x, y) => Math.Abs(x.Least - y.Least) < 0.01 && Math.Abs(x.Most - y.Most) < 0.01));
    }

    [Test]
    public void A_goal_turns_four_times_its_speed_per_decision()
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = 8 });
        StepBuffer buffer = new(arm);
        VectorStep step = buffer.View;
        arm.Reset(5, step.Observations);
        float[] first = step.Observations.ToArray();
        for (int i = 1; i <= 1000; i++)
        {
            arm.Step(new float[32], step);
            for (int n = 0; n < 8; n++)
            {
                double degree = double.RadiansToDegrees(Math.Atan2(first[(n * 33) + 26], first[(n * 33) + 28])) +
                    (4 * i * (double)first[(n * 33) + 32]);
                Assert.That(step.Observations[(n * 33) + 26], Is.EqualTo(8 * Math.Sin(double.DegreesToRadians(degree))).Within(2e-5));
                Assert.That(step.Observations[(n * 33) + 28], Is.EqualTo(8 * Math.Cos(double.DegreesToRadians(degree))).Within(2e-5));
            }
        }
    }

    [Test]
    public void A_step_allocates_nothing([ValueSource(typeof(ArmStates), nameof(ArmStates.AllSets))] InstructionSet set)
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = 20, InstructionSet = set, MaxSteps = 40, UnityResetKick = true });
        StepBuffer buffer = new(arm);
        float[] actions = new float[80];
        Allocations.AssertNone(50, () => arm.Step(actions, buffer.View));
    }

    // The specification: in the first physics step after an in-run reset torque meets the inertia of the pose before it.
    [Test]
    public void Unitys_kick_turns_the_first_torque_with_the_old_orientation(
        [ValueSource(typeof(ArmStates), nameof(ArmStates.AllSets))] InstructionSet set)
    {
        ArmOptions options = new() { ArmCount = 3, InstructionSet = set, MaxSteps = 40 };
        float[] plain = Play(options, 1, 12, out _);
        float[] kicked = Play(options with { UnityResetKick = true }, 1, 12, out float[] final);
        for (int i = 0; i < 3; i++)
        {
            ArmState before = ArmState.FromObservation(final.AsSpan(i * 33, 33));
            ArmState state = ArmState.AtReset;
            float[] action = Action(i, 11);
            state = ScalarArm.Step(state, action, before.Upper.Orientation, before.Lower.Orientation);
            for (int k = 0; k < 3; k++)
            {
                state = ScalarArm.Step(state, action);
            }

            float[] expected = new float[26];
            state.WriteObservation(expected);
            Assert.That(ArmStates.KinematicError(kicked.AsSpan(i * 33, 33), expected), Is.LessThan(1e-5));
            Assert.That(ArmStates.KinematicError(plain.AsSpan(i * 33, 33), expected), Is.GreaterThan(1e-2));
        }
    }

    [Test]
    public void A_span_of_another_length_and_an_action_that_is_no_number_are_refused()
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = 2 });
        StepBuffer buffer = new(arm);
        Assert.That(() => arm.Step(new float[7], buffer.View), Throws.ArgumentException);
        Assert.That(() => arm.Step([0, 0, 0, 0, 0, float.NaN, 0, 0], buffer.View), Throws.ArgumentException.With.Message.Contains("arm 1"));
        Assert.That(() => arm.Reset(0, new float[65]), Throws.ArgumentException);
    }

    [Test]
    public void Without_a_limit_an_episode_goes_on()
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = 1, MaxSteps = 0 });
        StepBuffer buffer = new(arm);
        for (int i = 0; i < 1500; i++)
        {
            arm.Step(new float[4], buffer.View);
            Assert.That(buffer.View.Truncated[0], Is.False);
        }
    }

    [Test]
    [NonParallelizable]
    public void The_variable_decides_for_the_arm_as_it_does_for_the_learner()
    {
        string? before = Environment.GetEnvironmentVariable(InstructionSets.EnvironmentVariable);
        try
        {
            foreach (string value in new[] { "scalar", "128", "256", "512", "1024", "" })
            {
                Environment.SetEnvironmentVariable(InstructionSets.EnvironmentVariable, value);
                Assert.That(Arm(), Is.EqualTo(Learner()), value);
                Assert.That(Arm(), value == "1024" ? Does.Contain("1024") : Does.Not.Contain("1024"));
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable(InstructionSets.EnvironmentVariable, before);
        }

        // What is chosen, or the sentence that refuses.
        static string Learner() => Answer(() => InstructionSets.Selected);

        static string Arm() => Answer(() =>
        {
            using ArmEnvironment arm = new(new ArmOptions { ArmCount = 1 });
            return arm.InstructionSet;
        });

        static string Answer(Func<InstructionSet> choose)
        {
            try
            {
                return choose().ToString();
            }
            catch (InputException e)
            {
                return e.Message;
            }
        }
    }

    [Test]
    public void A_set_that_is_asked_for_by_name_runs_on_every_processor(
        [ValueSource(typeof(ArmStates), nameof(ArmStates.AllSets))] InstructionSet set)
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = 1, InstructionSet = set });
        Assert.That(arm.InstructionSet, Is.EqualTo(set));
    }

    private static float[] Action(int arm, int decision)
    {
        float[] action = new float[4];
        ArmStates.Uniform(new Random((100 * arm) + decision), action);
        return action;
    }

    private static float[] Play(ArmOptions options, ulong seed, int decisions) => Play(options, seed, decisions, out _);

    private static float[] Play(ArmOptions options, ulong seed, int decisions, out float[] final)
    {
        using ArmEnvironment arm = new(options);
        StepBuffer buffer = new(arm);
        VectorStep step = buffer.View;
        arm.Reset(seed, step.Observations);
        float[] actions = new float[options.ArmCount * 4];
        for (int i = 0; i < decisions; i++)
        {
            for (int n = 0; n < options.ArmCount; n++)
            {
                Action(n, i).CopyTo(actions, n * 4);
            }

            arm.Step(actions, step);
        }

        final = step.FinalObservations.ToArray();
        return step.Observations.ToArray();
    }
}
