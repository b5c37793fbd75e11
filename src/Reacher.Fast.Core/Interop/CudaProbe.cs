using System.Runtime.InteropServices;
using System.Text;

namespace Reacher.Fast.Core.Interop;

/// <summary>One CUDA device, as <c>doctor</c> shows it.</summary>
/// <param name="Ordinal">N of the device <c>cuda:N</c>.</param>
/// <param name="Name">The driver's name for it.</param>
/// <param name="Major">Compute capability, major part.</param>
/// <param name="Minor">Compute capability, minor part.</param>
/// <param name="Multiprocessors">How many streaming multiprocessors it has.</param>
/// <param name="MemoryBytes">The bytes of its memory.</param>
/// <param name="SharedBytes">Shared memory that one block may ask for: 163 KiB on an A100, 99 on an RTX 30 or 40, 227 on an H100.</param>
public sealed record CudaDeviceInfo(int Ordinal, string Name, int Major, int Minor, int Multiprocessors, long MemoryBytes, int SharedBytes)
{
    /// <summary>Lowest compute capability the kernels run on: 8.0, for asynchronous copies, TF32 and bf16.</summary>
    public const int RequiredMajor = 8;

    /// <summary>Whether the kernels run on it.</summary>
    public bool IsSupported => Major >= RequiredMajor;

    /// <inheritdoc/>
    public override string ToString() =>
        $"cuda:{Ordinal} {Name}, compute capability {Major}.{Minor}, {Multiprocessors} multiprocessors, {MemoryBytes / (1L << 20)} MiB" +
        (IsSupported ? "" : $" (too old: {RequiredMajor}.0 is needed)");
}

/// <summary>What there is of CUDA on this machine; never throws.</summary>
/// <param name="Reason">Null where CUDA can be used; else one sentence: what is missing, and what to do.</param>
/// <param name="DriverVersion">The CUDA version that the driver supports, such as 12.8; null if it was not reached.</param>
/// <param name="Devices">All devices, in the driver's order.</param>
public sealed record CudaReport(string? Reason, string? DriverVersion, IReadOnlyList<CudaDeviceInfo> Devices)
{
    /// <summary>Whether the device <c>cuda</c> will work.</summary>
    public bool IsAvailable => Reason is null;

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(IsAvailable ? $"CUDA: driver for CUDA {DriverVersion}" : $"CUDA: cannot be used: {Reason}");
        foreach (CudaDeviceInfo device in Devices)
        {
            text.Append('\n').Append("  ").Append(device);
        }

        return text.ToString();
    }
}

/// <summary>Looks for the driver and its devices.</summary>
public static unsafe class CudaProbe
{
    private const int MultiprocessorCount = 16, CapabilityMajor = 75, CapabilityMinor = 76, SharedBytesOptIn = 97; // CUdevice_attribute

    /// <summary>Driver, devices, and what is missing if anything is. Absence is an answer, not an error.</summary>
    public static CudaReport Describe()
    {
        if (!CudaLibrary.TryLoad(out string reason))
        {
            return new CudaReport(reason, null, []);
        }

        string? version = null;
        try
        {
            CudaStatus status = CudaDriver.cuInit(0);
            if (status != CudaStatus.Success)
            {
                return new CudaReport(Explain(status), null, []);
            }

            CudaCheck.Succeeded(CudaDriver.cuDriverGetVersion(out int number));
            version = $"{number / 1000}.{number % 1000 / 10}";
            CudaCheck.Succeeded(CudaDriver.cuDeviceGetCount(out int count));
            var devices = new List<CudaDeviceInfo>();
            for (int ordinal = 0; ordinal < count; ordinal++)
            {
                devices.Add(Read(ordinal));
            }

            return new CudaReport(Missing(devices), version, devices);
        }
        catch (CudaException error)
        {
            return new CudaReport(error.Message.TrimEnd('.'), version, []);
        }
        catch (EntryPointNotFoundException error)
        {
            return new CudaReport($"the NVIDIA driver is too old and lacks a call ({error.Message.TrimEnd('.')}); install a newer one", version, []);
        }
    }

    /// <summary>Device <paramref name="ordinal"/>, if it can be used.</summary>
    /// <exception cref="CudaUnavailableException">CUDA or that device cannot be used; says why.</exception>
    public static CudaDeviceInfo Require(int ordinal)
    {
        CudaReport report = Describe();
        if (report.Reason is not null)
        {
            throw new CudaUnavailableException($"The device cuda cannot be used: {report.Reason}; or set the option 'device' to cpu.");
        }

        if (ordinal < 0 || ordinal >= report.Devices.Count)
        {
            throw new CudaUnavailableException(
                $"The device cuda:{ordinal} is not there: this machine has {report.Devices.Count} CUDA device(s), " +
                $"cuda:0 to cuda:{report.Devices.Count - 1}.");
        }

        CudaDeviceInfo device = report.Devices[ordinal];
        return device.IsSupported
            ? device
            : throw new CudaUnavailableException(
                $"The device cuda:{ordinal} cannot be used: {device.Name} has compute capability {device.Major}.{device.Minor} " +
                $"and the kernels need {CudaDeviceInfo.RequiredMajor}.0 (A100, RTX 30 or later); set the option 'device' to cpu.");
    }

    private static string? Missing(List<CudaDeviceInfo> devices) =>
        devices.Count == 0 ? Explain(CudaStatus.NoDevice)
        : devices.Exists(static device => device.IsSupported) ? null
        : $"no device has compute capability {CudaDeviceInfo.RequiredMajor}.0 or higher, which the kernels need";

    private static string Explain(CudaStatus status) => status switch
    {
        CudaStatus.NoDevice => "the NVIDIA driver is here but sees no GPU; check nvidia-smi, CUDA_VISIBLE_DEVICES, and a container's --gpus",
        CudaStatus.StubLibrary => "the library found is the CUDA toolkit's stub, not the driver's; take the stubs folder out of LD_LIBRARY_PATH",
        CudaStatus.SystemDriverMismatch =>
            "the driver's library and its kernel module differ in version; reboot, or restart the container after the host's driver update",
        _ => $"the NVIDIA driver did not start, cuInit answered {CudaCheck.Describe(status)}; check nvidia-smi",
    };

    private static CudaDeviceInfo Read(int ordinal)
    {
        CudaCheck.Succeeded(CudaDriver.cuDeviceGet(out int device, ordinal));
        byte* name = stackalloc byte[256];
        CudaCheck.Succeeded(CudaDriver.cuDeviceGetName(name, 255, device));
        CudaCheck.Succeeded(CudaDriver.cuDeviceTotalMem_v2(out nuint bytes, device));
        CudaCheck.Succeeded(CudaDriver.cuDeviceGetAttribute(out int multiprocessors, MultiprocessorCount, device));
        CudaCheck.Succeeded(CudaDriver.cuDeviceGetAttribute(out int major, CapabilityMajor, device));
        CudaCheck.Succeeded(CudaDriver.cuDeviceGetAttribute(out int minor, CapabilityMinor, device));
        CudaCheck.Succeeded(CudaDriver.cuDeviceGetAttribute(out int shared, SharedBytesOptIn, device));
        return new CudaDeviceInfo(
            ordinal, Marshal.PtrToStringUTF8((nint)name) ?? "unnamed", major, minor, multiprocessors, (long)bytes, shared);
    }
}
