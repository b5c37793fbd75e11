using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Tests.Env;

/// <summary>What the loops of a small run share, in a folder of its own: counters, replay and weights.</summary>
internal sealed class LoopFolder : IDisposable
{
    public const int Agents = 2;

    private readonly TemporaryFolder folder = new();

    public LoopFolder()
    {
        Control = ControlBlock.Create(folder["control.map"]);
        Replay = ReplayFile.Create(folder["replay.map"], Plan.TransitionSpec, 1000);
        Weights = new LocalWeights(Plan.PublishedLength);
    }

    /// <summary>TD3, whose policy acts by tanh of a linear map at its end: with weights of zero, by zero.</summary>
    public RunPlan Plan { get; init; } = new()
    {
        RunId = "test",
        Behavior = "Reacher",
        Seed = 7,
        Environment = new EnvironmentOptions { Name = EnvironmentOptions.Arm, Agents = Agents },
        AgentCount = Agents,
        ObservationSize = 3,
        ActionSize = 2,
        Learner = new Td3Options { Seed = 7, HiddenSizes = [4], BatchSize = 4, ExplorationNoise = 0 },
        NStep = 1,
        Gamma = 0.99f,
        BufferSize = 1000,
        WarmupTransitions = 0,
        WarmupHold = 1,
        TransitionsPerUpdate = 1,
        PublishInterval = 10,
        EvaluationWindow = 2,
        Threshold = 30,
        Device = "cpu",
        LearnerThreads = 1,
    };

    public ControlBlock Control { get; }

    public ReplayFile Replay { get; }

    public LocalWeights Weights { get; }

    public ProcessSlot EnvironmentSlot => Control.Slot(ProcessRole.Environment, 0);

    public string this[string name] => folder[name];

    /// <summary>Publishes a policy whose weights are all zero.</summary>
    public void PublishZeros(long version) => Weights.Publish(new float[Plan.PublishedLength], version);

    public void Dispose()
    {
        Replay.Dispose();
        Control.Dispose();
        folder.Dispose();
    }
}
