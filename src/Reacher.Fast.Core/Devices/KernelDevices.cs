using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Kernels.Scalar;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Devices;

/// <summary>The one place that makes devices by name.</summary>
public static class KernelDevices
{
    /// <summary>
    /// What <c>auto</c> stands for on this machine: the first GPU that the kernels run on, or else the processor. With the
    /// defaults of training an H200 makes nine times the updates of the sixteen cores beside it (docs/cuda.md). Any other name
    /// stands for itself.
    /// </summary>
    /// <param name="name">The device's name, in any case.</param>
    public static string Resolve(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!name.Equals("auto", StringComparison.OrdinalIgnoreCase))
        {
            return name;
        }

        CudaReport report = CudaProbe.Describe();
        return report.IsAvailable ? $"cuda:{report.Devices.First(static device => device.IsSupported).Ordinal}" : "cpu";
    }

    /// <summary>
    /// The device called <paramref name="name"/>: <c>auto</c> (see <see cref="Resolve"/>), <c>cpu</c> (the best instruction set that
    /// this processor has, or the one that <see cref="InstructionSets.EnvironmentVariable"/> names), <c>scalar</c> (the reference),
    /// <c>cuda</c> or <c>cuda:N</c>.
    /// </summary>
    /// <param name="name">The device's name, in any case.</param>
    /// <param name="threads">Threads for one op where the device can share it out; at least 1.</param>
    /// <param name="precision">Of matrix products on CUDA: <c>fp32</c>, <c>tf32</c> or <c>bf16</c>.</param>
    /// <exception cref="InputException">There is no such device.</exception>
    public static IKernelDevice Create(string name, int threads, string precision = "fp32")
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        name = Resolve(name);
        return name.ToUpperInvariant() switch
        {
            "CPU" => CpuDevices.Create(threads),
            "SCALAR" => new ScalarKernelDevice(),
            _ when CudaDevices.IsCuda(name) => new CudaKernelDevice(CudaDevices.Parse(name, precision)),
            _ => throw new InputException($"There is no device '{name}'; choose auto, cpu, scalar, cuda or cuda:N."),
        };
    }
}
