using Reacher.Fast.Core.Kernels.Simd.Threads;

namespace Reacher.Fast.Core.Kernels.Simd;

/// <summary>
/// A device whose ops run on a team of threads. What is timed in turns with them has to run on the same team: the workers of a second one wait
/// for a while before they sleep, and take the processors of the first meanwhile.
/// </summary>
internal interface ITeamDevice
{
    /// <summary>The team, which belongs to the device.</summary>
    ThreadTeam Team { get; }
}
