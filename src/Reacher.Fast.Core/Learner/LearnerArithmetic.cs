using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Learner;

/// <summary>
/// How much arithmetic and memory traffic the networks ask for: what a measured rate is divided by to say which part of a machine's peak it is.
/// Only matrix products are counted (a multiply-add as two operations), as they are done here: both critics at once, even where
/// TD3 needs one. Everything else is below 2 % at the usual sizes.
/// </summary>
public static class LearnerArithmetic
{
    /// <summary>Floating-point operations of one update, averaged over the policy's delay. 0.595e9 for SAC at batch 256, 2 x 256, 33 and 4.</summary>
    public static double UpdateOperations(LearnerOptions options, TransitionSpec spec)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(spec);
        int actions = spec.ActionSize;
        double actor = Forward(options.HiddenSizes, spec.ObservationSize, ActorOutputs(options, actions));
        double critic = Forward(options.HiddenSizes, spec.ObservationSize + actions, 1);
        double actorInputs = actor - ((double)spec.ObservationSize * options.HiddenSizes[0]);
        double criticInputs = critic - ((double)(spec.ObservationSize + actions) * options.HiddenSizes[0]);
        // The target's policy and critics, the critics' own forward and backward pass.
        double critics = actor + (4 * critic) + (2 * critic) + (2 * criticInputs);
        // The policy's forward pass, through the critics and back to the actions, and the policy's backward pass.
        double policy = actor + (2 * critic) + (2 * (criticInputs + ((double)actions * options.HiddenSizes[0]))) + actor + actorInputs;
        return 2.0 * options.BatchSize * (critics + (policy / options.PolicyDelay));
    }

    /// <summary>
    /// Bytes that the optimisers read and write in one update at least: weight, both moments and gradient of every parameter, and the targets'.
    /// </summary>
    public static double UpdateBytes(LearnerOptions options, TransitionSpec spec)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(spec);
        const int Adam = 7, Target = 2; // floats a parameter: w, m, v read and written, g read; a target read and written
        double actor = Forward(options.HiddenSizes, spec.ObservationSize, ActorOutputs(options, spec.ActionSize));
        double critics = 2 * Forward(options.HiddenSizes, spec.ObservationSize + spec.ActionSize, 1);
        return sizeof(float) * ((critics * (Adam + Target)) + (actor * Adam / options.PolicyDelay));
    }

    /// <summary>Floating-point operations of choosing actions for <paramref name="count"/> observations.</summary>
    public static double PolicyOperations(PolicySpec spec, int count)
    {
        ArgumentNullException.ThrowIfNull(spec);
        double products = 0;
        for (int layer = 0; layer < spec.LayerCount; layer++)
        {
            products += (double)spec.Inputs(layer) * spec.Outputs(layer);
        }

        return 2.0 * count * products;
    }

    private static int ActorOutputs(LearnerOptions options, int actions) => options is SacOptions ? 2 * actions : actions;

    private static double Forward(IReadOnlyList<int> hidden, int inputs, int outputs)
    {
        double products = 0;
        int width = inputs;
        foreach (int next in hidden)
        {
            products += (double)width * next;
            width = next;
        }

        return products + ((double)width * outputs);
    }
}
