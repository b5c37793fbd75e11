using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;
using Reacher.Fast.Training.Tests.Reporting;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>
/// Lock-step training and the processes drive the same loops: driven as the processes drive them, by the rate limiter and over the weight
/// channel, but in lock-step's order, they learn the same weights to the bit and play the same evaluation.
/// </summary>
public sealed class LoopAgreementTests
{
    [TestCase(true)]
    [TestCase(false)]
    public void The_loops_of_the_processes_in_turn_give_what_lock_step_gives(bool sac)
    {
        using var folder = new TemporaryFolder();
        RunPlan plan = Plan(sac);
        float[] expected = new float[plan.PublishedLength];
        using (var lockstep = new LockstepTraining(
            new RunFolder(folder["lockstep"], plan.Behavior), plan, new RunReporter(new SilentView()), resume: false))
        {
            lockstep.Run();
            PolicyPair.Copy(lockstep.Learner, expected);
        }

        string checkpoint = Directory.GetFiles(folder["lockstep/Reacher"], "checkpoint.safetensors").Single();
        Assert.That(PolicyFile.Read(checkpoint, out _), Is.EqualTo(plan.PolicySpec), "with the sensors that an exported model has inputs for");

        var files = new RunFolder(Directory.CreateDirectory(folder["processes"]).FullName, plan.Behavior);
        Directory.CreateDirectory(files.Logs);
        float[] actual = DriveLoops(files, plan);

        Assert.That(actual, Is.EqualTo(expected));
        Assert.That(Scores(files), Is.EqualTo(Scores(new RunFolder(folder["lockstep"], plan.Behavior))).And.Count.EqualTo(1));
        Assert.That(actual, Is.Not.EqualTo(DriveLoops(files, plan with { Seed = 8 })), "the comparison can fail");
    }

    private static float[] DriveLoops(RunFolder files, RunPlan plan)
    {
        using ControlBlock control = ControlBlock.Create(files.Control, overwrite: true);
        using ReplayFile replay = ReplayFile.Create(
            files.Replay, plan.TransitionSpec, 2 * plan.BufferSize, new ReplayOptions { Overwrite = true });
        using WeightChannel channel = WeightChannel.Create(files.Weights, plan.PublishedLength, overwrite: true);
        control.Limiter.Configure(new RateLimits(plan.UpdatesPerTransition, plan.WarmupTransitions, LearnerSlack: 0, EnvironmentSlack: 1));

        using IKernelDevice device = KernelDevices.Create(plan.Device, plan.LearnerThreads);
        using ILearner learner = LearnerFactory.Create(plan.Learner, plan.TransitionSpec, device);
        using var sampler = new ReplaySampler(replay, plan.Seed) { Window = plan.BufferSize };
        using var batch = new BatchBuffer(plan.TransitionSpec, plan.Learner.BatchSize);
        using var updates = new HostUpdates(learner, sampler, batch);
        var learning = new LearnerLoop(plan, control, learner, updates, channel.Publish);

        using IVectorEnvironment stepped = EnvironmentFactory.Create(plan.Environment, 0);
        using IVectorEnvironment evaluated = EnvironmentFactory.Create(plan.Environment, 1);
        using var returns = new ReturnLog(files.Logs, 0);
        using var statistics = StatisticDrain.Of(stepped, files.Logs, 0);
        using var environment = new EnvironmentLoop(plan, control, 0, stepped, replay, new WeightReader(channel), statistics, returns);
        using var log = new EvaluationLog(files.Evaluations, recent: 100);
        using var evaluation = new EvaluationLoop(
            plan, control, 0, [evaluated], new WeightReader(channel), log, new BestPolicy(files, plan, []), Assert.Fail);

        environment.Begin(Seeds.OfSegment(plan.Seed, 0));
        learning.Publish();
        for (int step = 0; step < LockstepTraining.SegmentSteps; step++)
        {
            environment.Turn();
            while (control.Limiter.MayUpdate())
            {
                learning.Turn();
            }
        }

        learning.Publish();
        while (!evaluation.Turn())
        {
        }

        float[] weights = new float[plan.PublishedLength];
        PolicyPair.Copy(learner, weights);
        return weights;
    }

    private static List<double> Scores(RunFolder files) => EvaluationLog.Read(files.Evaluations).Select(record => record.Score).ToList();

    private static RunPlan Plan(bool sac) => new()
    {
        RunId = "test",
        Behavior = "Reacher",
        Seed = 7,
        Environment = new EnvironmentOptions { Name = EnvironmentOptions.Arm, Agents = 4 },
        AgentCount = 4,
        ObservationSize = 33,
        ObservationLayout = new ObservationLayout([[11], [11, 2]]),
        ActionSize = 4,
        Learner = sac
            ? new SacOptions { Seed = 7, HiddenSizes = [16, 16], BatchSize = 16, NormalizeObservations = true, PolicyAveraging = 0.02f }
            : new Td3Options { Seed = 7, HiddenSizes = [16, 16], BatchSize = 16, ExplorationNoise = 0.1f },
        NStep = 3,
        Gamma = 0.99f,
        BufferSize = 5000,
        WarmupTransitions = 500,
        TransitionsPerUpdate = 20,
        TransitionLimit = 4L * LockstepTraining.SegmentSteps,
        EvaluationWindow = 2,
        Device = "cpu",
        LearnerThreads = 1,
    };
}
