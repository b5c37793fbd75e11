using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Run;

/// <summary>What learning rates are multiplied by in the course of a run: by its schedule, and once it is solved by its cooldown.</summary>
internal static class LearningRates
{
    // ML-Agents' decay ends here rather than at zero (mlagents/trainers/sac, decay_learning_rate).
    private const double Floor = 1e-10;

    /// <summary>What learning rates are to be multiplied by now.</summary>
    public static float Scale(RunPlan plan, ControlBlock control) =>
        Scheduled(plan, control.TotalTransitions) * Cooldown.LearningRateScale(plan, control);

    private static float Scheduled(RunPlan plan, long transitions)
    {
        if (plan.LearningRateSchedule == LearningRateSchedule.Constant)
        {
            return 1;
        }

        double floor = Math.Min(1, Floor / plan.Learner.LearningRate);
        double left = 1 - (Math.Min(transitions, plan.MaxTransitions) / (double)plan.MaxTransitions);
        return (float)(((1 - floor) * left) + floor);
    }
}
