using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Environments.Tests.Arm;

/// <summary>Mean scores of fixed policies over 1024 arm-episodes, against those of the published model.</summary>
public sealed class ScriptedPolicyTests
{
    private const int Arms = 1024;

    [Test]
    public void Hanging_still_scores_nothing() => Assert.That(Score(1, (_, actions) => actions.Clear()), Is.Zero);

    [Test]
    public void Clipped_normal_actions_score_0_116() =>
        Assert.That(Score(1, ArmStates.Normal), Is.EqualTo(0.116).Within(0.03));

    [Test]
    public void Uniform_actions_score_0_160() =>
        Assert.That(Score(1, ArmStates.Uniform), Is.EqualTo(0.160).Within(0.03));

    [Test]
    public void Uniform_actions_held_for_ten_decisions_score_0_770() =>
        Assert.That(Score(10, ArmStates.Uniform), Is.EqualTo(0.770).Within(0.1));

    [Test]
    public void A_goal_of_another_size_would_be_noticed() =>
        Assert.That(Score(10, ArmStates.Uniform, goalSize: 4), Is.Not.EqualTo(0.770).Within(0.1));

    private delegate void Policy(Random random, Span<float> actions);

    private static double Score(int held, Policy policy, float goalSize = 5)
    {
        using ArmEnvironment arm = new(new ArmOptions { ArmCount = Arms, GoalSize = goalSize });
        StepBuffer buffer = new(arm);
        VectorStep step = buffer.View;
        arm.Reset(11, step.Observations);
        Random random = new(5);
        float[] actions = new float[Arms * 4];
        double score = 0;
        for (int i = 0; i < 1001; i++)
        {
            if (i % held == 0)
            {
                policy(random, actions);
            }

            arm.Step(actions, step);
            foreach (float reward in step.Rewards)
            {
                score += reward;
            }
        }

        Assert.That(step.Truncated.ToArray(), Is.All.True);
        double mean = score / Arms;
        TestContext.Out.WriteLine($"mean score over {Arms} arm-episodes: {mean:0.0000}");
        return mean;
    }
}
