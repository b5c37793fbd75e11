using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Runner.Tests.Documentation;

/// <summary>The README's C#, so that it compiles and runs as it stands there.</summary>
internal static class ReadmeExample
{
    public static float Play(string file)
    {
        using Policy policy = PolicyFile.Open(file, agents: 20);
        using var arms = new ArmEnvironment(new ArmOptions { ArmCount = 20 });
        VectorStep step = new StepBuffer(arms).View;
        float[] actions = new float[arms.AgentCount * arms.ActionSize];
        float score = 0;
        arms.Reset(seed: 1, step.Observations);
        for (int decision = 0; decision < arms.Options.DecisionsPerEpisode; decision++)
        {
            policy.Act(step.Observations, actions);
            arms.Step(actions, step);
            score += step.Rewards.ToArray().Average();
        }

        return score;
    }
}
