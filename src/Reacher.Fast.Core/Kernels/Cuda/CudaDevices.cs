using System.Globalization;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>What the device <c>cuda[:N]</c> and the option <c>precision</c> mean.</summary>
public static class CudaDevices
{
    /// <summary>Whether a device's name is one of CUDA's.</summary>
    public static bool IsCuda(string device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Equals("cuda", StringComparison.OrdinalIgnoreCase) || device.StartsWith("cuda:", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The options that <c>cuda</c> or <c>cuda:N</c> and a precision's name stand for; touches no driver.</summary>
    /// <param name="device"><c>cuda</c> (device 0) or <c>cuda:N</c>.</param>
    /// <param name="precision"><c>fp32</c>, <c>tf32</c> or <c>bf16</c>.</param>
    /// <exception cref="InputException">One is none of these.</exception>
    public static CudaDeviceOptions Parse(string device, string precision = "fp32")
    {
        ArgumentNullException.ThrowIfNull(precision);
        string number = IsCuda(device) && device.Length > 4 ? device[5..] : IsCuda(device) ? "0" : "";
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal))
        {
            throw new InputException(
                $"The option 'device' is {device}, which is no CUDA device; write cuda, or cuda:N with the number of a GPU.");
        }

        foreach (CudaPrecision known in Enum.GetValues<CudaPrecision>())
        {
            if (precision.Equals(CudaKernelDevice.PrecisionName(known), StringComparison.OrdinalIgnoreCase))
            {
                return new CudaDeviceOptions(ordinal, known);
            }
        }

        throw new InputException($"The option 'precision' is {precision}, which is not known; choose fp32, tf32 or bf16.");
    }
}
