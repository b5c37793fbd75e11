using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// Steps one environment and writes what happens into the replay: newest weights, act, step, write. Until the warm-up is over, and until
/// the first weights have come, it acts uniformly at random. An env process and lock-step training drive it alike:
/// <code>
/// using var loop = new EnvironmentLoop(plan, control, index, environment, replay, weights, statistics, returns);
/// loop.Begin(seed);
/// while (Waiting.ForStep(control, slot))
/// {
///     loop.Turn();
/// }
/// </code>
/// A turn that throws (a player was lost) has counted nothing; the loop can go on after another <see cref="Begin"/>.
/// </summary>
internal sealed class EnvironmentLoop : IDisposable
{
    /// <summary>More than any environment has, so that streams of different environments never share an id, however many agents each has.</summary>
    public const uint StreamsPerEnvironment = 1 << 24;

    private readonly RunPlan plan;
    private readonly ControlBlock control;
    private readonly ProcessSlot self;
    private readonly IVectorEnvironment environment;
    private readonly WeightReader weights;
    private readonly StatisticDrain statistics;
    private readonly ReturnLog returns;
    private readonly Actor actor;
    private readonly TransitionWriter writer;
    private readonly StepBuffer buffer;
    private readonly EpisodeScores scores;
    private readonly EpisodeReturns episodeReturns;
    private readonly float[] observations;
    private readonly float[] actions;

    /// <summary>The loop of environment <paramref name="index"/> of a run. What it is given stays the caller's to dispose.</summary>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="control">The run's counters; this loop counts in its environment's slot.</param>
    /// <param name="index">The environment's number among those of the run.</param>
    /// <param name="environment">The environment that is stepped.</param>
    /// <param name="replay">The replay to which the transitions are written.</param>
    /// <param name="weights">Where newer policies come from.</param>
    /// <param name="statistics">Takes what a player's scene reports.</param>
    /// <param name="returns">Takes the returns of the agents' episodes.</param>
    /// <exception cref="InputException">The environment's observations or actions are of other sizes than the plan's.</exception>
    public EnvironmentLoop(
        RunPlan plan,
        ControlBlock control,
        int index,
        IVectorEnvironment environment,
        ReplayFile replay,
        WeightReader weights,
        StatisticDrain statistics,
        ReturnLog returns)
    {
        if (environment.ObservationSize != plan.ObservationSize || environment.ActionSize != plan.ActionSize)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"Environment {index} has {environment.ObservationSize} observations and {environment.ActionSize} actions where the run " +
                $"began with {plan.ObservationSize} and {plan.ActionSize}."));
        }

        (this.plan, this.control, this.environment, this.weights, this.statistics, this.returns) =
            (plan, control, environment, weights, statistics, returns);
        self = control.Slot(ProcessRole.Environment, index);
        buffer = new StepBuffer(environment);
        // A scene may begin with other agents in each player, and in a player that takes another's place.
        int agents = environment.AgentCount;
        scores = new EpisodeScores(agents);
        episodeReturns = new EpisodeReturns(agents);
        observations = new float[agents * environment.ObservationSize];
        actions = new float[agents * environment.ActionSize];
        actor = new Actor(plan, agents);
        writer = new TransitionWriter(replay, agents, (uint)index * StreamsPerEnvironment, plan.NStep, plan.Gamma);
    }

    /// <summary>Whether an agent's episode ended with the last turn.</summary>
    public bool HasEpisodeEnded => !episodeReturns.Ended.IsEmpty;

    /// <summary>
    /// Begins anew: the environment, the exploration and the warm-up actions all follow from <paramref name="seed"/> from here on, and
    /// unfinished n-step windows and episodes are forgotten. To be called before the first turn.
    /// </summary>
    public void Begin(ulong seed)
    {
        writer.Forget();
        scores.Forget();
        episodeReturns.Forget();
        actor.Begin(seed);
        environment.Reset(seed, observations);
    }

    /// <summary>One decision of every agent.</summary>
    public void Turn()
    {
        if (weights.Refresh())
        {
            actor.Load(weights.Acting);
            self.WeightVersion = weights.Version;
        }

        actor.Act(observations, actions, uniform: weights.Version < 0 || control.TotalTransitions < plan.WarmupTransitions);
        VectorStep step = buffer.View;
        environment.Step(actions, step);
        writer.Write(
            observations, actions, step.Rewards, step.Terminated, step.Truncated, step.Lost, step.Observations, step.FinalObservations);
        Count(step);
        step.Observations.CopyTo(observations);
        self.Beat();
    }

    public void Dispose()
    {
        writer.Dispose();
        actor.Dispose();
    }

    private void Count(in VectorStep step)
    {
        self.AddVectorStep(step.CountActed());
        statistics.Take();
        episodeReturns.Add(step);
        if (statistics.IsDue || !episodeReturns.Ended.IsEmpty)
        {
            using SavingScope saving = self.BeginSaving();
            statistics.PassOnWhenDue();
            returns.Append(episodeReturns.Ended);
        }

        if (scores.Add(step))
        {
            EnvironmentGauge.Write(self, scores.LastMean, scores.LastDeviation, scores.LastLength, scores.LastAgents);
        }
    }
}
