using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Runner.Training;

/// <summary>
/// The last phase of a run that is solved: learning rates fall linearly to zero, so that the weights it leaves are not those of an arbitrary moment of
/// a policy that still wanders. A constant rate and then a linear decay is the trapezoidal schedule (Zhai et al. 2022, section 3.3; Haegele et al. 2024);
/// its decay can begin when the task is solved, whenever that is.
/// </summary>
internal static class Cooldown
{
    /// <summary>What learning rates are to be multiplied by now.</summary>
    public static float LearningRateScale(RunPlan plan, ControlBlock control) => control.CooldownStart is long start
        ? 1 - Math.Clamp((control.TotalTransitions - start) / (float)Math.Max(1, plan.CooldownTransitions), 0, 1)
        : 1;

    /// <summary>Begins it, unless it has begun.</summary>
    /// <returns>Whether it began now.</returns>
    public static bool Begin(ControlBlock control)
    {
        if (control.CooldownStart is not null)
        {
            return false;
        }

        control.CooldownStart = control.TotalTransitions;
        return true;
    }

    /// <summary>Asks the run to stop where this is over, or all its steps are made: a run that was cooling down by then had been solved.</summary>
    public static void StopWhenDue(RunPlan plan, ControlBlock control)
    {
        bool isOver = control.CooldownStart is long start && control.TotalTransitions - start >= plan.CooldownTransitions;
        if (isOver || control.TotalTransitions >= plan.MaxTransitions)
        {
            control.RequestStop(control.CooldownStart is null ? StopReason.MaximumSteps : StopReason.Solved);
        }
    }
}
