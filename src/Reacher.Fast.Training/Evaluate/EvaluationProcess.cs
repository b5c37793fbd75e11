using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Evaluate;

/// <summary>
/// The eval process: newest weights -> one episode without exploration -> score. While the scores are low it plays one episode per training
/// episode, which costs learning nothing that can be seen; once they reach the threshold it hurries: an episode every <see cref="HurriedSteps"/> vector
/// steps, so that the window is full, and low scores have left it, some two training episodes later.
/// </summary>
internal static class EvaluationProcess
{
    // A tenth of a core beside a learner on the arm. Filling the window from one moment's weights would call a lucky one solved.
    private const int HurriedSteps = 20;

    public static int Run(RunFolder files, RunPlan plan, int index, RoleContext context)
    {
        using ControlBlock control = ControlBlock.Open(files.Control);
        using WeightChannel weights = WeightChannel.Open(files.Weights);
        ProcessSlot self = control.Slot(ProcessRole.Evaluation, index);
        self.Take();
        using var deadline = new StopDeadline(control, context.SupervisorGone);
        using Evaluator evaluator = Evaluator.Create(plan, worker: plan.EnvironmentCount + index, files.Logs, deadline.Passed);
        using var log = new EvaluationLog(files.Evaluations);
        EvaluationWindow window = EvaluationWindow.Over(plan, log.Records);
        Publish(window, self);
        long episode = log.Records.Count;
        long evaluatedTrainingEpisodes = -1, evaluatedTransitions = 0;
        long hurriedTransitions = (long)HurriedSteps * plan.AgentCount * plan.EnvironmentCount;
        var newest = new WeightReader(weights);
        var best = new BestPolicy(files, plan);
        bool warned = false;
        while (!Ended())
        {
            if (!WaitForWork())
            {
                break;
            }

            newest.Refresh();
            self.WeightVersion = newest.Version;
            self.Phase = ProcessPhase.Running;
            evaluatedTrainingEpisodes = control.TotalEpisodes;
            evaluatedTransitions = control.TotalTransitions;
            evaluator.Begin(episode, newest.Evaluated);
            bool complete = false;
            while (!Ended() && !(complete = evaluator.Step()))
            {
                self.Beat();
            }

            if (!complete)
            {
                break;
            }

            string? unkept = best.Add(evaluator.Score, newest.Evaluated);
            string? warning = log.Append(new EvaluationRecord(
                episode++, evaluator.Score, evaluator.Deviation, newest.Version, control.TotalTransitions, control.TotalEpisodes, DateTimeOffset.UtcNow)) ?? unkept;
            if (warning is not null && !warned)
            {
                ChildProcess.Warn(warning);
            }

            warned = warning is not null;
            window.Add(evaluator.Score);
            self.AddEpisode(evaluator.Score);
            Publish(window, self);
        }

        self.Phase = ProcessPhase.Stopped;
        return ExitCodes.Done;

        bool Ended() => control.ShouldStop || context.SupervisorGone.IsCancellationRequested;

        // Something to measure: first weights, then a training episode more than at the last measurement, or scores worth hurrying for.
        bool WaitForWork()
        {
            self.Phase = ProcessPhase.Waiting;
            Backoff backoff = default;
            while (!Ended())
            {
                newest.Refresh();
                bool hurry = episode > 0 && self.LastScore >= plan.Threshold && control.TotalTransitions - evaluatedTransitions >= hurriedTransitions;
                if (newest.Version >= 0 && (hurry || control.TotalEpisodes > evaluatedTrainingEpisodes))
                {
                    return true;
                }

                Waiting.Pause(ref backoff, self);
            }

            return false;
        }
    }

    private static void Publish(EvaluationWindow window, ProcessSlot self)
    {
        self.WindowMean = window.Mean;
        self.WindowCount = window.Count;
        self.Solved = window.IsSolved;
    }
}
