using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Benchmarks.Learning;

/// <summary>Act, step, store, update, evaluate: the whole algorithm in one place, without processes, files or threads.</summary>
internal sealed class LearnLoop : IDisposable
{
    private readonly IReadOnlyDictionary<string, double> setting;
    private readonly IKernelDevice device;
    private readonly IKernelDevice acting = KernelDevices.Create("cpu", 1);
    private readonly ILearner learner;
    private readonly Policy policy;
    private readonly BatchBuffer batch;
    private readonly ArmEnvironment environment = new(new ArmOptions());
    private readonly ArmEnvironment evaluation = new(new ArmOptions());
    private readonly StepBuffer step;
    private readonly StepBuffer evaluationStep;
    private readonly float[] observations;
    private readonly float[] actions;
    private readonly float[] block;
    private readonly TransitionSpec spec = new(ArmModel.ObservationSize, ArmModel.ActionSize);
    private readonly Queue<(float[] Observations, float[] Actions, float[] Rewards)> window = new();
    private readonly List<float[]> rows = [];
    private readonly Random random;
    private readonly Stopwatch learning = new();
    private readonly Stopwatch running = Stopwatch.StartNew();
    private double owed;
    private LearnerReport report;

    public LearnLoop(LearnerOptions options, IReadOnlyDictionary<string, double> setting)
    {
        this.setting = setting;
        device = KernelDevices.Create("cpu", (int)setting["threads"]);
        learner = LearnerFactory.Create(options, spec, device);
        policy = new Policy(learner.Policy, acting);
        acting.NoiseSeed = options.Seed + 1000;
        batch = new BatchBuffer(spec, options.BatchSize);
        (step, evaluationStep) = (new StepBuffer(environment), new StepBuffer(evaluation));
        observations = new float[environment.AgentCount * spec.ObservationSize];
        actions = new float[environment.AgentCount * spec.ActionSize];
        block = new float[learner.Policy.BlockLength];
        random = new Random((int)options.Seed);
        environment.Reset(options.Seed, observations);
    }

    /// <summary>One training episode of all arms and one of evaluation; returns a line about it.</summary>
    public string PlayEpisode(int episode, out double evaluated)
    {
        window.Clear();
        double score = 0;
        for (int decision = 0; decision < 1001; decision++)
        {
            Act();
            VectorStep view = step.View;
            environment.Step(actions, view);
            foreach (float reward in view.Rewards)
            {
                score += reward / environment.AgentCount;
            }

            // After the time limit the observation is the next episode's first: the true last one is the successor.
            Store(view.Truncated[0] ? view.FinalObservations : view.Observations, view.Rewards);
            view.Observations.CopyTo(observations);
            owed += rows.Count >= setting["warmup"] ? setting["utd"] : 0;
            learning.Start();
            for (; owed >= 1; owed--)
            {
                Sample();
                report = learner.Update(batch.View);
            }

            learning.Stop();
        }

        evaluated = Evaluate(1);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"episode {episode}: training {score:F2}, evaluation {evaluated:F2}, alpha {report[ReportSlot.EntropyCoefficient]:G3}, " +
            $"entropy {report[ReportSlot.Entropy]:F2}, Q {report[ReportSlot.MeanQ]:F2}, " +
            $"updates {learner.Updates}, learner {learning.Elapsed.TotalSeconds:F1} s, all {running.Elapsed.TotalSeconds:F1} s");
    }

    /// <summary>Mean score without exploration over episodes of 20 arms.</summary>
    public double Evaluate(int episodes)
    {
        learner.CopyPolicy(block);
        policy.Load(block);
        float[] seen = new float[observations.Length], chosen = new float[actions.Length];
        evaluation.Reset((ulong)(1_000_000 + learner.Updates), seen);
        double score = 0;
        for (int decision = 0; decision < 1001 * episodes; decision++)
        {
            policy.ActDeterministic(seen, evaluation.AgentCount, chosen);
            VectorStep view = evaluationStep.View;
            evaluation.Step(chosen, view);
            view.Observations.CopyTo(seen);
            foreach (float reward in view.Rewards)
            {
                score += reward / evaluation.AgentCount / episodes;
            }
        }

        return score;
    }

    public void Dispose()
    {
        learner.Dispose();
        device.Dispose();
        acting.Dispose();
        batch.Dispose();
        environment.Dispose();
        evaluation.Dispose();
    }

    private void Act()
    {
        if (rows.Count < setting["warmup"])
        {
            foreach (ref float action in actions.AsSpan())
            {
                action = (random.NextSingle() * 2) - 1;
            }

            return;
        }

        learner.CopyPolicy(block);
        policy.Load(block);
        policy.ActExploring(observations, environment.AgentCount, actions, (float)setting["sigma"]);
    }

    private void Store(ReadOnlySpan<float> next, ReadOnlySpan<float> rewards)
    {
        int n = (int)setting["n"], o = spec.ObservationSize, a = spec.ActionSize;
        window.Enqueue(((float[])observations.Clone(), (float[])actions.Clone(), rewards.ToArray()));
        if (window.Count < n)
        {
            return;
        }

        for (int agent = 0; agent < environment.AgentCount; agent++)
        {
            float[] row = new float[spec.PayloadFloats];
            (float[] first, float[] chosen, _) = window.Peek();
            first.AsSpan(agent * o, o).CopyTo(row);
            chosen.AsSpan(agent * a, a).CopyTo(row.AsSpan(spec.ActionOffset));
            double discount = 1;
            foreach ((_, _, float[] past) in window)
            {
                row[spec.RewardOffset] += (float)(discount * past[agent]);
                discount *= setting["gamma"];
            }

            row[spec.DiscountOffset] = (float)discount;
            next.Slice(agent * o, o).CopyTo(row.AsSpan(spec.NextObservationOffset));
            rows.Add(row);
        }

        window.Dequeue();
    }

    private void Sample()
    {
        int o = spec.ObservationSize, a = spec.ActionSize;
        for (int b = 0; b < batch.Count; b++)
        {
            ReadOnlySpan<float> row = rows[random.Next(rows.Count)];
            row[..o].CopyTo(batch.Observations[(b * o)..]);
            row.Slice(spec.ActionOffset, a).CopyTo(batch.Actions[(b * a)..]);
            batch.Rewards[b] = row[spec.RewardOffset];
            batch.Discounts[b] = row[spec.DiscountOffset];
            row.Slice(spec.NextObservationOffset, o).CopyTo(batch.NextObservations[(b * o)..]);
        }
    }
}
