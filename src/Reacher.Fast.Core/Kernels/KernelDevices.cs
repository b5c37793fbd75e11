using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Kernels.Simd;

namespace Reacher.Fast.Core.Kernels;

/// <summary>The one place that makes devices by name.</summary>
public static class KernelDevices
{
    /// <summary>
    /// The device called <paramref name="name"/>: <c>auto</c> or <c>cpu</c> (the best instruction set that this processor has, or
    /// the one that <see cref="InstructionSets.EnvironmentVariable"/> names), or <c>scalar</c> (the reference).
    /// </summary>
    /// <param name="name">Compared without case.</param>
    /// <param name="threads">Threads for one op where the device can share it out; at least 1.</param>
    /// <exception cref="InputException">There is no such device.</exception>
    public static IKernelDevice Create(string name, int threads)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return name.ToUpperInvariant() switch
        {
            "AUTO" or "CPU" => CpuDevices.Create(threads),
            "SCALAR" => new ScalarKernelDevice(),
            _ => throw new InputException($"There is no device '{name}'; choose auto, cpu or scalar."),
        };
    }
}
