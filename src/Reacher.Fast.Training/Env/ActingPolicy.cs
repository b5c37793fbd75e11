using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// A policy of this project with the device it runs on: one thread, because env and eval share their machine with a learner. As an
/// <see cref="IPolicy"/> it acts without exploration.
/// </summary>
internal sealed class ActingPolicy : IPolicy
{
    private readonly IKernelDevice device;
    private readonly Policy policy;

    private ActingPolicy(IKernelDevice device, Policy policy)
    {
        this.device = device;
        this.policy = policy;
    }

    /// <inheritdoc/>
    public int ObservationSize => policy.Spec.ObservationSize;

    /// <inheritdoc/>
    public int ActionSize => policy.Spec.ActionSize;

    /// <summary>A policy for the run's networks that acts for <paramref name="agents"/> agents at once.</summary>
    public static ActingPolicy Create(RunPlan plan, int agents) => Create(plan.PolicySpec, agents, plan.NoiseHold);

    /// <summary>Exploration follows from <paramref name="seed"/> from here on.</summary>
    public void Seed(ulong seed)
    {
        device.NoiseSeed = seed;
        device.UpdateCounter = 0;
        policy.ResetNoise();
    }

    public void Load(ReadOnlySpan<float> weights) => policy.Load(weights);

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<float> observations, Span<float> actions) =>
        policy.ActDeterministic(observations, actions.Length / policy.Spec.ActionSize, actions);

    /// <summary>With exploration: SAC samples, TD3 adds noise of this standard deviation.</summary>
    public void Explore(ReadOnlySpan<float> observations, Span<float> actions, float noise) =>
        policy.ActExploring(observations, actions.Length / policy.Spec.ActionSize, actions, noise);

    public void Dispose()
    {
        policy.Dispose();
        device.Dispose();
    }

    private static ActingPolicy Create(PolicySpec spec, int agents, int noiseHold)
    {
        IKernelDevice device = KernelDevices.Create("cpu", threads: 1);
        return new ActingPolicy(device, new Policy(spec, device, agents) { NoiseHold = noiseHold });
    }
}
