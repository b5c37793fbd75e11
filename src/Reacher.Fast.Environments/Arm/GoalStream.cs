using Reacher.Fast.Core.Numerics;

namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// Where the goal of an episode starts and how fast it turns: a pure function of seed, arm and episode, so that an arm's
/// episodes do not depend on how many other arms there are.
/// </summary>
public static class GoalStream
{
    /// <summary>Unity's draw: a whole degree from [0, 360), then a speed from [-1, 1) times <paramref name="goalSpeed"/>.</summary>
    /// <returns>Degrees, and degrees per physics step.</returns>
    public static (float Degree, float Speed) Draw(ulong seed, int arm, long episode, float goalSpeed)
    {
        ulong key = SplitMix64.Key(seed, arm, episode);
        float degree = (float)Math.Floor(SplitMix64.Uniform(key, 0) * 360);
        float speed = (float)((2 * SplitMix64.Uniform(key, 1)) - 1) * goalSpeed;
        return (degree, speed);
    }
}
