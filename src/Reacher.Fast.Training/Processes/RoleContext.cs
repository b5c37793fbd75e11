using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>What a child process knows besides the plan.</summary>
/// <param name="SupervisorGone">Cancelled when the supervisor is gone; never, where the role was started by hand.</param>
internal sealed record RoleContext(CancellationToken SupervisorGone)
{
    /// <summary>
    /// A seed for this process: its own among the env processes, and another after a restart, so that a restarted environment does not
    /// play its first episodes again.
    /// </summary>
    public static ulong SeedOf(RunPlan plan, int index, in ProcessSlot slot) =>
        unchecked((plan.Seed * 0x9E3779B97F4A7C15) + ((ulong)index << 32) + ((ulong)slot.VectorSteps << 8) + 1) >> 1;
}
