using Reacher.Fast.Core.Environments;
using Reacher.Fast.Training.Env;

namespace Reacher.Fast.Training.Tests.Env;

/// <summary>What an environment of a user's own is seeded with.</summary>
public sealed class SeedMixingEnvironmentTests
{
    [Test]
    public void The_lowest_bits_of_the_seeds_of_a_runs_parts_differ()
    {
        var own = new ScriptedEnvironment(agents: 1, episodeSteps: 10);
        using IVectorEnvironment environment = SeedMixingEnvironment.Of(own);
        float[] observations = new float[3];
        ulong[] seeds =
        [
            .. Enumerable.Range(0, 64).Select(index => Training.Run.Seeds.OfEnvironment(1, index, 0)),
            .. Enumerable.Range(0, 200).Select(episode => Training.Run.Seeds.OfEvaluation(1, episode)),
            // Those of the final evaluation.
            .. Enumerable.Range(0, 200).Select(episode => Training.Run.Seeds.OfEvaluation(1, (1L << 32) + episode)),
        ];
        foreach (ulong seed in seeds)
        {
            environment.Reset(seed, observations);
        }

        Assert.That(own.Seeds.Select(seed => (int)seed), Is.Unique);
        Assert.That(seeds.Select(seed => (int)seed), Is.Not.Unique, "unless they are mixed");
    }
}
