using Reacher.Fast.Core.Environments;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Replay.Writing;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;
using Reacher.Fast.Training.Statistics;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// The env process: newest weights -> act with exploration -> step -> rows, held to the learner's pace by the rate limiter. Until the first weights
/// are published and the warm-up is over it acts uniformly at random.
/// </summary>
internal static class EnvironmentProcess
{
    public static int Run(RunFolder files, RunPlan plan, int index, RoleContext context)
    {
        using ControlBlock control = ControlBlock.Open(files.Control);
        using ReplayFile replay = ReplayFile.Open(files.Replay);
        using WeightChannel weights = WeightChannel.Open(files.Weights);
        ProcessSlot self = control.Slot(ProcessRole.Environment, index);
        self.Take();
        ulong seed = RoleContext.SeedOf(plan, index, self);
        using var deadline = new StopDeadline(control, context.SupervisorGone);
        IVectorEnvironment environment = EnvironmentFactory.Create(plan.Environment, index, files.Logs, self.VectorSteps, deadline.Passed);
        if (environment.AgentCount != plan.AgentCount)
        {
            environment.Dispose();
            throw new InvalidOperationException($"Environment {index} has {environment.AgentCount} agents where the run began with {plan.AgentCount}.");
        }

        var writer = new TransitionWriter(
            replay, plan.AgentCount, (uint)(index * plan.AgentCount), plan.NStep, plan.Gamma);
        using var actor = new Actor(environment, ActingPolicy.Create(plan, plan.AgentCount), writer, plan.ExplorationNoise, plan.WarmupHold);
        using var statistics = StatisticDrain.Of(environment, files.Logs, index);
        using var returns = new ReturnLog(files.Logs, index);
        actor.Begin(seed);
        var newest = new WeightReader(weights);
        self.Phase = ProcessPhase.Running;
        while (!context.SupervisorGone.IsCancellationRequested && Waiting.ForStep(control, self))
        {
            if (newest.Refresh())
            {
                actor.Load(newest.Acting);
                self.WeightVersion = newest.Version;
            }

            long episodes = actor.Scores.Episodes;
            actor.Step(uniform: newest.Version < 0 || control.TotalTransitions < plan.WarmupTransitions);
            self.AddVectorStep(actor.AgentCount);
            statistics.Take();
            returns.Append(actor.Returns.Ended);
            if (actor.Scores.Episodes != episodes)
            {
                EnvironmentGauge.Write(self, actor.Scores);
            }

            self.Beat();
        }

        self.Phase = ProcessPhase.Stopped;
        return ExitCodes.Done;
    }
}
