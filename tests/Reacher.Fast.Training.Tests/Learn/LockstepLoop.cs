using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Training.Tests.Learn;

/// <summary>Act, step, store, update: a learner with an environment and nothing between them, so that what it learns is its own doing.</summary>
internal sealed class LockstepLoop : IDisposable
{
    private readonly IKernelDevice device = KernelDevices.Create("cpu", 1);
    private readonly IKernelDevice acting = KernelDevices.Create("cpu", 1);
    private readonly IVectorEnvironment environment;
    private readonly TransitionSpec spec;
    private readonly ILearner learner;
    private readonly Policy policy;
    private readonly BatchBuffer batch;
    private readonly StepBuffer step;
    private readonly List<float[]> rows = [];
    private readonly Random random = new(1);
    private readonly float[] block;
    private readonly float[] observations;
    private readonly float[] actions;

    public LockstepLoop(LearnerOptions options, IVectorEnvironment environment)
    {
        this.environment = environment;
        spec = new TransitionSpec(environment.ObservationSize, environment.ActionSize);
        learner = LearnerFactory.Create(options, spec, device);
        policy = new Policy(learner.Policy, acting, environment.AgentCount);
        batch = new BatchBuffer(spec, options.BatchSize);
        step = new StepBuffer(environment);
        block = new float[learner.Policy.BlockLength];
        observations = new float[environment.AgentCount * spec.ObservationSize];
        actions = new float[environment.AgentCount * spec.ActionSize];
        environment.Reset(options.Seed, observations);
    }

    /// <summary>Vector steps, each followed by one update for each agent once there are <paramref name="warmup"/> rows.</summary>
    public void Train(int steps, int warmup, float discount, float explorationSigma)
    {
        for (int i = 0; i < steps; i++)
        {
            learner.CopyPolicy(block);
            policy.Load(block);
            if (rows.Count < warmup)
            {
                foreach (ref float action in actions.AsSpan())
                {
                    action = (random.NextSingle() * 2) - 1;
                }
            }
            else
            {
                policy.ActExploring(observations, environment.AgentCount, actions, explorationSigma);
            }

            VectorStep view = step.View;
            environment.Step(actions, view);
            for (int agent = 0; agent < environment.AgentCount; agent++)
            {
                Store(agent, view, discount);
            }

            view.Observations.CopyTo(observations);
            for (int update = 0; update < environment.AgentCount && rows.Count >= warmup; update++)
            {
                Sample();
                learner.Update(batch.View);
            }
        }
    }

    /// <summary>Mean return of one episode of every agent of another environment, without exploration.</summary>
    public double Evaluate(IVectorEnvironment other, int decisions)
    {
        learner.CopyPolicy(block);
        var evaluated = new Policy(learner.Policy, acting, other.AgentCount);
        evaluated.Load(block);
        float[] seen = new float[other.AgentCount * spec.ObservationSize], chosen = new float[other.AgentCount * spec.ActionSize];
        other.Reset(12345, seen);
        VectorStep view = new StepBuffer(other).View;
        double sum = 0;
        for (int i = 0; i < decisions; i++)
        {
            evaluated.ActDeterministic(seen, other.AgentCount, chosen);
            other.Step(chosen, view);
            view.Observations.CopyTo(seen);
            foreach (float reward in view.Rewards)
            {
                sum += reward / other.AgentCount;
            }
        }

        return sum;
    }

    public void Dispose()
    {
        learner.Dispose();
        device.Dispose();
        acting.Dispose();
        batch.Dispose();
        environment.Dispose();
    }

    private void Store(int agent, in VectorStep view, float discount)
    {
        (int o, int a) = (spec.ObservationSize, spec.ActionSize);
        float[] row = new float[spec.PayloadFloats];
        observations.AsSpan(agent * o, o).CopyTo(row);
        actions.AsSpan(agent * a, a).CopyTo(row.AsSpan(spec.ActionOffset));
        row[spec.RewardOffset] = view.Rewards[agent];
        row[spec.DiscountOffset] = view.Terminated[agent] ? 0 : discount;
        bool over = view.Terminated[agent] || view.Truncated[agent];
        (over ? view.FinalObservations : view.Observations).Slice(agent * o, o).CopyTo(row.AsSpan(spec.NextObservationOffset));
        rows.Add(row);
    }

    private void Sample()
    {
        (int o, int a) = (spec.ObservationSize, spec.ActionSize);
        for (int b = 0; b < batch.Count; b++)
        {
            ReadOnlySpan<float> row = rows[random.Next(rows.Count)];
            row[..o].CopyTo(batch.Observations[(b * o)..]);
            row.Slice(spec.ActionOffset, a).CopyTo(batch.Actions[(b * a)..]);
            (batch.Rewards[b], batch.Discounts[b]) = (row[spec.RewardOffset], row[spec.DiscountOffset]);
            row[spec.NextObservationOffset..].CopyTo(batch.NextObservations[(b * o)..]);
        }
    }
}
