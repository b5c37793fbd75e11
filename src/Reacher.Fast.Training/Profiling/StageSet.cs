using System.Diagnostics;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Profiling;

/// <summary>
/// The stages of a run's plan, each as the run's processes do it, on files of its own in a scratch folder: act, step, write, read
/// weights; sample, update, publish.
/// </summary>
internal sealed class StageSet : IDisposable
{
    // The replay is several times as large as any processor's caches, as a run's is.
    private const long ReplayBytes = 256L << 20;
    private const int ActionSets = 64;

    private readonly RunPlan plan;
    private readonly List<IDisposable> owned = [];
    private readonly StageLimits limits;
    private readonly IKernelDevice device;
    private readonly OffPolicyLearner learner;
    private readonly ReplayFile replay;
    private readonly IVectorEnvironment environment;
    private readonly ActingPolicy policy;
    private readonly TransitionWriter writer;
    private readonly ReplaySampler sampler;
    private readonly BatchBuffer batch;
    private readonly WeightChannel weights;
    private readonly WeightReader reader;
    private readonly CudaUpdates? launches;
    private readonly StepBuffer step;
    private readonly float[] observations;
    private readonly float[] actions;
    private readonly float[] pair;
    private int actionSet;

    public StageSet(RunPlan plan, string folder)
    {
        this.plan = plan;
        TransitionSpec spec = plan.TransitionSpec;
        int rows = (int)Math.Max(1000, Math.Min(plan.BufferSize, ReplayBytes / spec.StrideBytes));
        try
        {
            device = Own(KernelDevices.Create(plan.Device, plan.LearnerThreads, plan.Precision));
            learner = Own(LearnerFactory.CreateOffPolicy(plan.Learner, spec, device));
            environment = Own(EnvironmentFactory.Create(plan.Environment, worker: 0));
            policy = Own(ActingPolicy.Create(plan, plan.AgentCount));
            replay = Own(ReplayFile.Create(Path.Combine(folder, "stages.replay"), spec, rows, new ReplayOptions { Populate = true }));
            writer = Own(new TransitionWriter(replay, plan.AgentCount, 0, plan.NStep, plan.Gamma));
            sampler = Own(new ReplaySampler(replay, plan.Seed));
            batch = Own(new BatchBuffer(spec, plan.Learner.BatchSize));
            weights = Own(WeightChannel.Create(Path.Combine(folder, "stages.weights"), plan.PublishedLength));
            limits = Own(new StageLimits(plan, device, Path.Combine(folder, "limits.rows"), rows));
        }
        catch
        {
            Dispose();
            throw;
        }

        reader = new WeightReader(weights);
        step = new StepBuffer(environment);
        observations = Random(plan.AgentCount * plan.ObservationSize, plan.Seed);
        actions = Random(ActionSets * plan.AgentCount * plan.ActionSize, plan.Seed + 1);
        pair = new float[plan.PublishedLength];
        environment.Reset(plan.Seed, step.View.Observations);
        Publish();
        reader.Refresh();
        policy.Seed(plan.Seed);
        policy.Load(reader.Acting);
        while (replay.Count < rows)
        {
            Write();
        }

        if (device is CudaKernelDevice cuda)
        {
            launches = Own(new CudaUpdates(learner, cuda, replay, sampler, batch, plan));
        }

        Stages = CreateStages();
    }

    /// <summary>In the order of the data's path.</summary>
    public IReadOnlyList<Stage> Stages { get; }

    /// <summary>The name of the learner's device.</summary>
    public string DeviceName => device.Name;

    public void Dispose()
    {
        // Each part is disposed before the parts it uses.
        owned.Reverse();
        owned.ForEach(user => user.Dispose());
        owned.Clear();
    }

    private Stage[] CreateStages()
    {
        double readsPerTransition = plan.UpdatesPerTransition / plan.PublishInterval;
        // A GPU's launch draws its batches itself, or has them drawn.
        int rowsPerUpdate = launches is null ? plan.Learner.BatchSize : 0;
        return
        [
            new("act", StageRole.Environment, "actions", 1, () => Stage.Rate(Act), limits.Policy()),
            new("step", StageRole.Environment, "transitions", 1, () => Stage.Rate(Step), limits.Step(environment)),
            new("replay write", StageRole.Environment, "rows", 1, () => Stage.Rate(Write), limits.Write()),
            new("weight read", StageRole.Environment, "reads", readsPerTransition, ReadRate, limits.Block()),
            new("replay sample", StageRole.Learner, "rows", rowsPerUpdate, () => Stage.Rate(Sample), limits.Sample()),
            new("update", StageRole.Learner, "updates", 1, () => Stage.Rate(Update), limits.Update()),
            new("publish", StageRole.Learner, "publications", 1.0 / plan.PublishInterval, () => Stage.Rate(Publish), limits.Block()),
        ];
    }

    private int Act()
    {
        policy.Explore(observations, actions.AsSpan(0, plan.AgentCount * plan.ActionSize), plan.ExplorationNoise);
        return plan.AgentCount;
    }

    private int Step()
    {
        int size = plan.AgentCount * plan.ActionSize;
        actionSet = (actionSet + 1) % ActionSets;
        environment.Step(actions.AsSpan(actionSet * size, size), step.View);
        return plan.AgentCount;
    }

    private int Write()
    {
        VectorStep made = step.View;
        return writer.Write(
            observations, actions.AsSpan(0, plan.AgentCount * plan.ActionSize), made.Rewards, made.Terminated, made.Truncated, made.Lost,
            made.Observations, made.FinalObservations);
    }

    private int Sample() => sampler.Sample(batch) ? batch.Count : 0;

    private int Update()
    {
        if (launches is not null)
        {
            return Launch(launches);
        }

        learner.Update(batch.View);
        return 1;
    }

    // As in a run, several launches are queued before the host waits for them.
    private static int Launch(CudaUpdates launches)
    {
        const int Launches = 16;
        int made = 0;
        for (int i = 0; i < Launches; i++)
        {
            made += launches.Sample() ? launches.Update(out _) : 0;
        }

        launches.Settle();
        return made;
    }

    private int Publish()
    {
        PolicyPair.Copy(learner, pair);
        weights.Publish(pair, learner.Updates);
        return 1;
    }

    // A reader finds something only after a policy was published, and the time of publishing is not counted as the reader's.
    private double ReadRate()
    {
        const int Reads = 32;
        long ticks = 0;
        for (int i = 0; i < Reads; i++)
        {
            weights.Publish(pair, learner.Updates);
            long began = Stopwatch.GetTimestamp();
            reader.Refresh();
            ticks += Stopwatch.GetTimestamp() - began;
        }

        return Reads * (double)Stopwatch.Frequency / ticks;
    }

    private static float[] Random(int count, ulong seed)
    {
        var random = new Random(unchecked((int)seed));
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (2 * random.NextSingle()) - 1;
        }

        return values;
    }

    private T Own<T>(T resource)
        where T : IDisposable
    {
        owned.Add(resource);
        return resource;
    }
}
