using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Environments.Pendulum;

namespace Reacher.Fast.Runner.Tests.Documentation;

/// <summary>The C# of docs/from-stable-baselines3.md, so that it compiles as it stands there.</summary>
internal static class StableBaselinesExample
{
    public static async Task<TrainingResult> TrainAsync()
    {
        using IVectorEnvironment environment = new PendulumEnvironment(agentCount: 1);
        TrainingResult result = await Trainer.TrainAsync(
            environment,
            new Td3Options { HiddenSizes = [400, 300], LayerNormCritics = false, BatchSize = 256, ActorLearningRate = null },
            new TrainingOptions { MaxTransitions = 20_000 });
        return result;
    }
}
