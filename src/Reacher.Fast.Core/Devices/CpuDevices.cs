using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Kernels.Simd;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Devices;

/// <summary>Makes the CPU's devices.</summary>
public static class CpuDevices
{
    /// <summary>
    /// The device for <see cref="InstructionSets.Selected"/> with a team of <paramref name="threads"/>, the caller included.
    /// </summary>
    /// <param name="threads">1 to all cores; leave some to the environments and to evaluation.</param>
    /// <param name="pin">Whether to bind the workers to processors 1, 2, ... of those the caller may use.</param>
    /// <exception cref="InputException">The environment variable names an instruction set that cannot be had.</exception>
    public static IKernelDevice Create(int threads = 1, bool pin = false) => Create(InstructionSets.Selected, threads, pin);

    /// <summary>The device for one instruction set.</summary>
    /// <exception cref="NotSupportedException">The processor lacks it.</exception>
    public static IKernelDevice Create(InstructionSet set, int threads, bool pin = false) => InstructionSets.IsSupported(set)
        ? Create(set, threads, pin, null)
        : throw new NotSupportedException($"This processor has no {InstructionSets.NameOf(set)}.");

    /// <summary>Without the check: what the processor lacks the runtime emulates, slowly, and tests want that.</summary>
    internal static IKernelDevice Create(
        InstructionSet set, int threads, bool pin, Func<int, (nint Address, IDisposable Owner)>? allocator) => set switch
        {
            InstructionSet.Vector512 => new SimdKernelDevice<Simd512>(threads, pin, allocator),
            InstructionSet.Vector256 => new SimdKernelDevice<Simd256>(threads, pin, allocator),
            InstructionSet.Vector128 => new SimdKernelDevice<Simd128>(threads, pin, allocator),
            InstructionSet.Scalar => new ScalarKernelDevice(),
            _ => throw new NotSupportedException($"No kernels for {set}."),
        };
}
