using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Run;

/// <summary>
/// The last phase of a run that is solved: learning rates stay for a third of it, as a policy that has just solved its task still improves, and fall
/// linearly to zero over the rest, so that the weights it leaves are not those of an arbitrary moment of a policy that still wanders. A
/// constant rate and then a linear decay is the trapezoidal schedule (Zhai et al. 2022, section 3.3; Haegele et al. 2024); its decay can
/// begin whenever the task is solved.
/// </summary>
internal static class Cooldown
{
    private const float ConstantPart = 1f / 3;

    /// <summary>What learning rates are to be multiplied by now; 1 while the cooldown has not begun.</summary>
    public static float LearningRateScale(RunPlan plan, ControlBlock control) => control.CooldownStart is long start
        ? Math.Clamp((1 - ((control.TotalTransitions - start) / (float)Math.Max(1, plan.CooldownTransitions))) / (1 - ConstantPart), 0, 1)
        : 1;

    /// <summary>Begins the cooldown, unless it has begun.</summary>
    /// <returns>Whether it began with this call.</returns>
    public static bool Begin(ControlBlock control)
    {
        if (control.CooldownStart is not null)
        {
            return false;
        }

        control.CooldownStart = control.TotalTransitions;
        return true;
    }

    /// <summary>
    /// Ends a resumed run's cooldown, so that it trains on at full rates, unless what began it still holds: that the run ends once it is solved,
    /// and that it was solved, by the threshold that it has now.
    /// </summary>
    public static void Keep(RunPlan plan, ControlBlock control, bool wasSolved)
    {
        if (!(plan.StopWhenSolved && wasSolved))
        {
            control.CooldownStart = null;
        }
    }

    /// <summary>
    /// Asks the run to stop once the cooldown is over or all steps are made; a run that was cooling down by then had been solved.
    /// </summary>
    public static void StopWhenDue(RunPlan plan, ControlBlock control)
    {
        bool isOver = control.CooldownStart is long start && control.TotalTransitions - start >= plan.CooldownTransitions;
        if (isOver || control.TotalTransitions >= plan.MaxTransitions)
        {
            control.RequestStop(control.CooldownStart is null ? StopReason.MaximumSteps : StopReason.Solved);
        }
    }
}
