using Reacher.Fast.Core.Numerics;

namespace Reacher.Fast.Environments.Mujoco.Native;

/// <summary>The random numbers of one episode's beginning.</summary>
/// <param name="key">The episode's key.</param>
internal struct ResetNoise(ulong key)
{
    private int drawn;

    /// <summary>One number from [low, high).</summary>
    public double Uniform(double low, double high) => low + ((high - low) * SplitMix64.Uniform(key, drawn++));

    /// <summary>One number of the standard normal distribution.</summary>
    public double Normal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - SplitMix64.Uniform(key, drawn++)));
        return radius * Math.Cos(2 * Math.PI * SplitMix64.Uniform(key, drawn++));
    }

    /// <summary>Adds a uniform number from [-scale, scale) to each.</summary>
    public void AddUniform(Span<double> numbers, double scale)
    {
        foreach (ref double number in numbers)
        {
            number += Uniform(-scale, scale);
        }
    }

    /// <summary>Adds a normal number of this deviation to each.</summary>
    public void AddNormal(Span<double> numbers, double deviation)
    {
        foreach (ref double number in numbers)
        {
            number += deviation * Normal();
        }
    }
}
