using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Run;

/// <summary>The transitions that a run gathers before its first update.</summary>
internal static class Warmup
{
    /// <summary>
    /// The transitions at which the warm-up ends. A run whose replay was lost warms up anew: from the first few rows alone nothing general
    /// can be learned.
    /// </summary>
    public static long End(RunPlan plan, ControlBlock control, ReplayFile replay) => replay.WrittenRows >= plan.WarmupTransitions
        ? plan.WarmupTransitions
        : control.TotalTransitions + plan.WarmupTransitions - replay.WrittenRows;
}
