namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// Where the goal of an episode starts and how fast it turns: a pure function of seed, arm and episode, so that an arm's
/// episodes do not depend on how many other arms there are. Mixing is SplitMix64's (Steele, Lea and Flood 2014).
/// </summary>
public static class GoalStream
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>Unity's draw: a whole degree from [0, 360), then a speed from [-1, 1) times <paramref name="goalSpeed"/>.</summary>
    /// <returns>Degrees, and degrees per physics step.</returns>
    public static (float Degree, float Speed) Draw(ulong seed, int arm, long episode, float goalSpeed)
    {
        ulong key = Mix(Mix(Mix(seed + Golden) ^ (ulong)arm) ^ ((ulong)episode * Golden));
        float degree = (uint)(((Mix(key + Golden) >> 32) * 360) >> 32);
        double unit = (Mix(Mix(key + Golden)) >> 11) * (1.0 / (1UL << 53));
        return (degree, (float)((2 * unit) - 1) * goalSpeed);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
