using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.MlAgents.Player;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Runner.Tests.Training;

/// <summary>
/// Training in lock-step with a player at the other end of a loopback socket is training with the arm in process, to the bit:
/// observations, rewards, scores and weights.
/// </summary>
public sealed class PlayerTrainingTests
{
    private const int Seed = 77;
    private static readonly ArmOptions Arms = new() { ArmCount = 4, MaxSteps = 1200 };

    private string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(folder, recursive: true);

    [TestCase(ProtocolGeneration.Api4, true)]
    [TestCase(ProtocolGeneration.V150, true)]
    [TestCase(ProtocolGeneration.V150, false)]
    public void A_run_with_a_player_is_the_run_with_the_arm_to_the_bit(ProtocolGeneration generation, bool sac)
    {
        Outcome here = Train("here", sac, new PlayedArms(generation));
        Task<PlayerSummary>? player = null;
        Outcome there;
        using (MlAgentsEnvironment remote = MlAgentsEnvironment.Launch(new MlAgentsOptions
        {
            BasePort = 0,
            Seed = Seed,
            Listening = port => player = Task.Run(() => MlAgentsPlayer.RunAsync(Arms, new PlayerOptions { Port = port, Generation = generation })),
        }))
        {
            Assert.That(SeedMixingEnvironment.Of(remote), Is.SameAs(remote), "its statistics are asked of it, and seeds it has none to mix");
            there = Train("there", sac, remote);
            // 1001 decisions a segment, 301 an episode: three ends in each of two segments, and those of two evaluations and the final one.
            Assert.That(remote.LostTransitions, Is.EqualTo(generation == ProtocolGeneration.Api4 ? 9 * Arms.ArmCount : 0));
        }

        Assert.That(player!.Result.EndedBy, Is.EqualTo("the trainer closed"));
        Assert.That(there.Seen, Is.EqualTo(here.Seen), "observations and rewards, of training and evaluation");
        Assert.That(there.Scores, Has.Count.EqualTo(2).And.EqualTo(here.Scores));
        Assert.That(there.Weights, Is.EqualTo(here.Weights));
        Assert.That(here.Weights, Is.Not.EqualTo(Train("other", sac, new PlayedArms(generation, seed: Seed + 1)).Weights), "the comparison can fail");
    }

    private Outcome Train(string name, bool sac, IVectorEnvironment environment)
    {
        RunPlan plan = Plan(sac);
        var files = new RunFolder(Path.Combine(folder, name), "Reacher");
        var watched = new Watched(environment);
        using var training = new LockstepTraining(files, plan, new RunReporter(new SayingView()), resume: false, watched);
        training.Run();
        float[] block = new float[plan.PolicySpec.BlockLength];
        training.Learner.CopyPolicy(block);
        return new Outcome(watched.Seen, EvaluationLog.Read(files.Evaluations).Select(record => record.Score).ToList(), block);
    }

    private static RunPlan Plan(bool sac) => new()
    {
        RunId = "test",
        Behavior = "Reacher",
        Seed = Seed,
        Environment = new EnvironmentOptions { Name = "a player" },
        AgentCount = Arms.ArmCount,
        ObservationSize = 33,
        ActionSize = 4,
        Learner = sac
            ? PaperOptions.Sac with { Seed = Seed, HiddenSizes = [16, 16], BatchSize = 16, NormalizeObservations = true }
            : PaperOptions.Td3 with { Seed = Seed, HiddenSizes = [16, 16], BatchSize = 16, ExplorationNoise = 0.1f },
        NStep = 3,
        Gamma = 0.99f,
        WarmupHold = 1,
        BufferSize = 10_000,
        WarmupTransitions = 500,
        TransitionsPerUpdate = 20,
        TransitionLimit = 2L * LockstepTraining.SegmentSteps * Arms.ArmCount,
        Threshold = 30,
        EvaluationWindow = 1,
        Device = "auto",
        LearnerThreads = 1,
    };

    private sealed record Outcome(IReadOnlyList<float> Seen, IReadOnlyList<double> Scores, float[] Weights);

    /// <summary>
    /// What a player makes of the arm: its first reset has the handshake's seed, further ones have keys of it, and an API-4 player keeps the
    /// true last observation.
    /// </summary>
    private sealed class PlayedArms(ProtocolGeneration generation, int seed = Seed) : IVectorEnvironment
    {
        private readonly ArmEnvironment arms = new(Arms);
        private long resets;

        public int AgentCount => arms.AgentCount;

        public int ObservationSize => arms.ObservationSize;

        public int ActionSize => arms.ActionSize;

        public void Reset(ulong ignored, Span<float> observations)
        {
            arms.Reset(resets == 0 ? (ulong)seed : SplitMix64.Key((ulong)seed, agent: 0, resets), observations);
            resets++;
        }

        public void Step(ReadOnlySpan<float> actions, in VectorStep step)
        {
            arms.Step(actions, step);
            if (generation == ProtocolGeneration.Api4)
            {
                step.Truncated.CopyTo(step.Lost);
            }
        }

        public void Dispose() => arms.Dispose();
    }

    /// <summary>Keeps all that an environment says.</summary>
    private sealed class Watched(IVectorEnvironment environment) : IVectorEnvironment
    {
        public List<float> Seen { get; } = [];

        public int AgentCount => environment.AgentCount;

        public int ObservationSize => environment.ObservationSize;

        public int ActionSize => environment.ActionSize;

        public void Reset(ulong seed, Span<float> observations)
        {
            environment.Reset(seed, observations);
            Seen.AddRange(observations);
        }

        public void Step(ReadOnlySpan<float> actions, in VectorStep step)
        {
            environment.Step(actions, step);
            Seen.AddRange(step.Observations);
            Seen.AddRange(step.Rewards);
        }

        public void Dispose()
        {
        }
    }

    private sealed class SayingView : IRunView
    {
        public void Show(RunStatus status, IReadOnlyList<double> evaluationScores)
        {
        }

        public void Say(string sentence) => TestContext.Out.WriteLine(sentence);

        public void Finish(RunSummary summary)
        {
        }
    }
}
