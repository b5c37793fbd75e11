using System.Globalization;

namespace Reacher.Fast.Core.Devices;

/// <summary>What the devices <c>torch</c> and <c>torch-cuda[:N]</c> mean, for those who must tell them apart without TorchSharp.</summary>
internal static class TorchDevices
{
    private const string Processor = "torch";
    private const string Cuda = "torch-cuda";

    /// <summary>Whether TorchSharp learns on the device of this name.</summary>
    public static bool IsTorch(string device) => device.Equals(Processor, StringComparison.OrdinalIgnoreCase) || IsCuda(device);

    /// <summary>Whether it does so on a GPU.</summary>
    public static bool IsCuda(string device) =>
        device.Equals(Cuda, StringComparison.OrdinalIgnoreCase) || device.StartsWith(Cuda + ":", StringComparison.OrdinalIgnoreCase);

    /// <summary>The number of the GPU; null for the processor.</summary>
    /// <exception cref="InputException">The name is none of a device on which TorchSharp learns.</exception>
    public static int? Parse(string device)
    {
        if (!IsCuda(device))
        {
            return IsTorch(device) ? null : throw Unknown(device);
        }

        string number = device.Length > Cuda.Length ? device[(Cuda.Length + 1)..] : "0";
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) ? ordinal : throw Unknown(device);
    }

    private static InputException Unknown(string device) => new(
        $"The option 'device' is {device}, which is no device of TorchSharp; write torch, torch-cuda, or torch-cuda:N with the number of a GPU.");
}
